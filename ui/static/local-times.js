// Shows exact times as the clock of this device does; UTC stays at hand as their title.

const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

for (const time of document.querySelectorAll("time[data-exact]")) {
  time.title = time.textContent;
  time.textContent = format.format(new Date(time.dateTime));
}
for (const said of document.querySelectorAll("[data-zone]")) {
  const zone = format.resolvedOptions().timeZone;
  said.textContent = `Times are those of this device (${zone}); the days to choose are in UTC.`;
}
