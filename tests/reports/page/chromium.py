"""Headless Chromium over a pipe: the DevTools protocol without a library."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

ANSWER_SECONDS = 60  # a busy machine is slow; a browser that hangs must not hang the test


class Chromium:
    @staticmethod
    def program():
        """Path of the browser; None if it is not installed."""
        names = ("chromium", "chromium-browser", "google-chrome")
        return next(filter(None, map(shutil.which, names)), None)

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # The browser reads commands from its file 3 and writes answers to its file 4.
        command_read, command_write = os.pipe()
        answer_read, answer_write = os.pipe()
        arguments = [self.program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe",
                     f"--user-data-dir={self.profile.name}", "about:blank"]
        quoted = " ".join(f"'{word}'" for word in arguments)
        shell = f"exec {quoted} 3<&{command_read} 4>&{answer_write}"
        self.process = subprocess.Popen(["bash", "-c", shell], pass_fds=(command_read, answer_write),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(answer_write)
        self.commands = os.fdopen(command_write, "wb", buffering=0)
        self.answers = os.fdopen(answer_read, "rb", buffering=0)
        self.buffer = b""
        self.events = []
        self.last_id = 0
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.profile.cleanup()

    def _read_message(self):
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], ANSWER_SECONDS)[0]:
                raise RuntimeError(f"Chromium did not answer for {ANSWER_SECONDS} s")
            piece = os.read(self.answers.fileno(), 1 << 16)
            if not piece:
                raise RuntimeError("Chromium ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.commands.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read_message()
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def size(self, width, height, phone=False, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if phone else 1, mobile=phone)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url):
        """Afresh, also what differs in its fragment alone."""
        for address in ("about:blank", url):
            self.call("Page.navigate", url=address)
            self.wait_for(f"document.readyState === 'complete' && location.href.startsWith('{address[:8]}')")

    def eval(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']['exception'].get('description')}")
        return result["result"].get("value")

    def wait_for(self, expression, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.eval(expression):
                    return
            except RuntimeError:
                pass  # between two documents
            time.sleep(0.05)
        raise RuntimeError(f"never came true: {expression}")

    def click(self, selector):
        """As a mouse does: in the middle of the element, wherever it is."""
        place = self.eval(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def press(self, key):
        """One character, or the name of a key."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36,
                 "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        facts = {"text": key} if len(key) == 1 else {"windowsVirtualKeyCode": codes[key], "code": key}
        if key == "Enter":
            facts["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **facts)
        facts.pop("text", None)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, **facts)

    def screenshot(self, path, whole=False):
        image = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))

    def print_pdf(self, path, width=8.27, height=11.69):
        """On paper of this size in inches (A4), as the menu "Print" does."""
        pages = self.call("Page.printToPDF", paperWidth=width, paperHeight=height, printBackground=False,
                          preferCSSPageSize=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(pages))

    def accessible_names(self, role):
        """What a screen reader hears of every element with this role."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [node.get("name", {}).get("value", "") for node in nodes
                if not node.get("ignored") and node.get("role", {}).get("value") == role]

    def complaints(self):
        """Errors and warnings of the console, exceptions, and requests that left the machine."""
        found = []
        for event in self.events:
            method, facts = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(facts["exceptionDetails"].get("exception", {}).get("description", "exception"))
            elif method == "Runtime.consoleAPICalled" and facts["type"] in ("error", "warning", "assert"):
                found.append(f"console: {[part.get('value') for part in facts['args']]}")
            elif method == "Log.entryAdded" and facts["entry"]["level"] in ("error", "warning"):
                found.append(f"log: {facts['entry']['text']}")
            elif method == "Network.requestWillBeSent" and facts["request"]["url"].startswith(("http", "ws")):
                found.append(f"network: {facts['request']['url']}")
        return found
