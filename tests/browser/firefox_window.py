"""What a person does with a window of Firefox, and the security keys that are plugged in there."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tests.browser.person import PREFIX
from tests.support.gate_process import until
from tests.support.marionette import Marionette, MarionetteError

USUAL: Final[dict[str, Any]] = {
    "protocol": "ctap2_1",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserConsenting": True,
    "isUserVerified": True,
}
FORGIVEN: Final = frozenset({"no such element", "stale element reference"})
SCHEMES: Final = {"dark": 0, "light": 1}
FORGET: Final = "Services.cookies.removeAll(); Services.console.reset();"
SCHEME: Final = """
Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", arguments[0]);
"""
COMPLAINTS: Final = """
return Services.console.getMessageArray()
  .filter((each) => each instanceof Ci.nsIScriptError && each.sourceName.includes(arguments[0]))
  .map((each) => each.errorMessage);
"""


@dataclass
class FirefoxWindow:
    """One window, and the keys beside it."""

    told: Marionette
    origin: str
    keys: list[str] = field(default_factory=list)

    # --- what a person does ----------------------------------------------------------------

    def opens(self, path: str) -> None:
        """Type an address of the site."""
        self.told.tells("WebDriver:Navigate", {"url": self.origin + path})

    def fills(self, label: str, text: str) -> None:
        """Type into the field of that name."""
        field = self._seen(f'//*[@id = //label[normalize-space() = "{label}"]/@for]')
        self.told.tells("WebDriver:ElementClear", {"id": field})
        self.told.tells("WebDriver:ElementSendKeys", {"id": field, "text": text})

    def presses(self, name: str) -> None:
        """Press a button, or open what can be opened."""
        self._clicks(f'//*[self::button or self::summary][normalize-space() = "{name}"]')

    def ticks(self, label: str) -> None:
        """Tick the box that these words stand beside."""
        self._clicks(f'//label[normalize-space() = "{label}"]/input')

    def follows(self, name: str) -> None:
        """Follow a link."""
        self._clicks(f'//a[normalize-space() = "{name}"]')

    # --- what a person sees ----------------------------------------------------------------

    @property
    def path(self) -> str:
        """What the address bar shows, without the origin."""
        return str(self.told.tells("WebDriver:GetCurrentURL")).removeprefix(self.origin)

    @property
    def text(self) -> str:
        """All that can be read on the page; nothing while another one comes."""
        try:
            return str(self.told.runs("return document.body?.innerText ?? ''"))
        except MarionetteError:
            return ""

    @property
    def focused(self) -> str:
        """What is written on the part that the keyboard is at."""
        return str(self.told.runs("return document.activeElement.innerText"))

    def lands_on(self, path: str) -> None:
        """Wait until a page is open."""
        assert until(lambda: self.path == path), f"{self.path}, not {path}: {self.text}"

    def shows(self, words: str) -> None:
        """Wait until words stand on the page."""
        assert until(lambda: words in self.text), f"{words!r} is not on {self.path}: {self.text}"

    def has_field(self, label: str) -> bool:
        """Tell whether a field of that name can be typed into now."""
        return self._find(f'//*[@id = //label[normalize-space() = "{label}"]/@for]') is not None

    # --- the browser -----------------------------------------------------------------------

    def forgets(self) -> None:
        """Be as if it had never been anywhere."""
        self.told.tells("WebDriver:Navigate", {"url": "about:blank"})
        self.told.runs(FORGET, context="chrome")
        while self.keys:
            self.pulls_out(self.keys[-1])

    def prefers(self, scheme: Literal["dark", "light"]) -> None:
        """Ask for pages in dark or in light."""
        self.told.runs(SCHEME, SCHEMES[scheme], context="chrome")

    @property
    def complaints(self) -> list[str]:
        """What the gate's pages said to developers; they have nothing to say."""
        return list(self.told.runs(COMPLAINTS, self.origin + PREFIX, context="chrome"))

    def takes_picture(self, file: Path) -> None:
        """Keep a picture of the whole page."""
        file.write_bytes(
            base64.b64decode(self.told.tells("WebDriver:TakeScreenshot", {"full": True}))
        )

    # --- keys ------------------------------------------------------------------------------

    def plugs_in(self, **options: Any) -> str:
        """Plug an empty key in and give its id."""
        key = str(self.told.tells("WebAuthn:AddVirtualAuthenticator", {**USUAL, **options}))
        self.keys.append(key)
        return key

    def pulls_out(self, key: str) -> None:
        """Take a key away, with all that is on it."""
        self.keys.remove(key)
        self.told.tells("WebAuthn:RemoveVirtualAuthenticator", {"authenticatorId": key})

    def mistypes_pin(self, key: str) -> None:
        """Let the key not verify its holder any more."""
        self.told.tells(
            "WebAuthn:SetUserVerified", {"authenticatorId": key, "isUserVerified": False}
        )

    # --- elements --------------------------------------------------------------------------

    def _clicks(self, xpath: str) -> None:
        self.told.tells("WebDriver:ElementClick", {"id": self._seen(xpath)})

    def _seen(self, xpath: str) -> str:
        """Wait for an element that can be seen."""
        assert until(lambda: self._find(xpath) is not None), (
            f"{xpath} is not on {self.path}: {self.text}"
        )
        element = self._find(xpath)
        assert element is not None, f"{xpath} went away"
        return element

    def _find(self, xpath: str) -> str | None:
        try:
            found = self.told.tells("WebDriver:FindElement", {"using": "xpath", "value": xpath})
            element = str(next(iter(found.values())))
            shown = self.told.tells("WebDriver:IsElementDisplayed", {"id": element})
        except MarionetteError as refused:
            if refused.kind not in FORGIVEN:
                raise
            return None
        return element if shown else None
