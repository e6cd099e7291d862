"""`make bench`: how long each page of the demo takes to come, for each who may see it.

Follows the links of their pages, asks for each page many times, one after another, and prints the median and the
95th percentile. Prints figures of this machine; asserts nothing. Compare figures of one run only.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from load import BASE, fresh_demo

TIMES = 20
MOST_OF_A_KIND = 2
PASSWORD = "parasol-tree-2026"
PATIENT = "QX166574(7)"  # ill for years, and allows the clinic
CLINICIANS = ("dr.lee", "nurse.mak", "pharm.tse", "opt.fung", "dr.kwok")
OTHERS = ("poon.lai.ha", "cheung.ka.yan", "privacy.yip", "privacy.lau")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16}(?=/)")


def main() -> None:
    """Start a fresh demo, sign everybody in, and measure."""
    with fresh_demo() as (folder, _):
        _measure(folder)


def _measure(folder: Path) -> None:
    everything: list[float] = []
    for name in (*CLINICIANS, *OTHERS):
        with httpx.Client(base_url=BASE, trust_env=False, follow_redirects=True, timeout=30) as browser:
            home = _signed_in(browser, folder, name)
            first = _opened(browser, home) if name in CLINICIANS else home
            for address in _pages(browser, first):
                times = [_timed(browser, address) for _ in range(TIMES)]
                everything += times
                print(f"{name:14} {_kind(address):44} {_figures(times)}")
    print(f"all pages: {_figures(everything)} ({len(everything)} requests, one at a time)")


def _signed_in(browser: httpx.Client, folder: Path, name: str) -> str:
    page = _send(browser, browser.get("/sign-in/"), name=name, password=PASSWORD)
    words = [sys.executable, "-m", "wutong", "otp", name, "--data", str(folder / "demo")]
    shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return _send(browser, page, code=shown.split()[0]).url.path


def _opened(browser: httpx.Client, home: str) -> str:
    found = _send(browser, browser.get(home), hkid=PATIENT)
    return _send(browser, found, common="here", reason="").url.path


def _send(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    token = _TOKEN.search(page.text)
    assert token, page.text
    return browser.post(page.url.path, data={"csrfmiddlewaretoken": token[1], **fields})


def _pages(browser: httpx.Client, first: str) -> Iterator[str]:
    """What links lead to, a few of each kind."""
    waiting, seen, kinds = [first], {first}, list[str]()
    while waiting:
        address = waiting.pop(0)
        page = browser.get(address)
        if kinds.count(_kind(address)) >= MOST_OF_A_KIND or page.url.raw_path.decode() != address:
            continue
        kinds.append(_kind(address))
        yield address
        fresh = [each for each in dict.fromkeys(_LINK.findall(page.text)) if each not in seen]
        seen.update(fresh)
        waiting += fresh


def _kind(address: str) -> str:
    return _ID.sub("…", address)


def _timed(browser: httpx.Client, address: str) -> float:
    began = time.perf_counter()
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return (time.perf_counter() - began) * 1000


def _figures(times: list[float]) -> str:
    p95 = sorted(times)[int(len(times) * 0.95)]
    return f"median {statistics.median(times):6.1f} ms, p95 {p95:6.1f} ms"


if __name__ == "__main__":
    main()
