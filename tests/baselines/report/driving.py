"""How tests drive the page in a browser."""

from selenium.webdriver.support.ui import WebDriverWait


def resize(browser, width, height=900):
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def wait_for(browser, condition):
    return WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda _: condition())


def until_ready(browser):
    wait_for(browser, lambda: browser.execute_script("return performance.getEntriesByName('palaestra-ready').length"))


def click(browser, element):
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def drawn_curves(browser, plot):
    """The sizes (width, height) of the lines that a plot has drawn, once it has."""
    browser.execute_script("arguments[0].scrollIntoView()", plot)
    # in one script: a chart that is drawn anew meanwhile has other lines
    measure = """return [...arguments[0].querySelectorAll("path.line")].map((line) => {
      const { width, height } = line.getBoundingClientRect();
      return [width, height];
    })"""
    return wait_for(browser, lambda: browser.execute_script(measure, plot))


def texts(browser, host, selector):
    """The texts of all elements in `host` that `selector` names."""
    script = "return [...arguments[0].querySelectorAll(arguments[1])].map((element) => element.textContent)"
    return browser.execute_script(script, host, selector)


def complaints(browser):
    """What the console has said since it was asked last."""
    return [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
