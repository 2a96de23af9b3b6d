// Copies the text of an element.

for (const button of document.querySelectorAll("[data-copies]")) {
  const word = button.firstChild;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      word.data = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      word.data = "Selected";
    }
    setTimeout(() => {
      word.data = "Copy";
    }, 2000);
  });
}
