"""Use what a page lets its reader use: toggles, and the widgets by keyboard and by mouse."""

from collections.abc import Awaitable, Callable

from playwright.async_api import ElementHandle, Page, TimeoutError

CONTROLS = ".cell_output :is(select, input, button, [role=slider]):not(.copybtn, .toggle-button)"
KEYS = {"select": ("ArrowDown", "ArrowUp"), "slider": ("ArrowRight", "ArrowLeft")}
PATIENCE = 4000  # milliseconds that a picture may take to change


async def open_toggles(page: Page) -> list[str]:
    """Open whatever folds away, the first by keyboard, and return what did not open."""
    first = page.locator("button.toggle-button").first
    if await first.count():
        await first.press("Enter")
    return await page.evaluate("facts.openToggles()")


async def use_widgets(page: Page) -> tuple[int, list[str]]:
    """Return how many controls the page has, and those that never changed their picture.

    A control may have nothing to do before another was moved (a step back at the first step), so
    those that did nothing get a second chance after the others.
    """
    controls = await page.query_selector_all(CONTROLS)
    stuck = []
    for use in (by_keyboard, by_mouse):
        idle = [one for one in controls if not await works(page, one, use)]
        idle = [one for one in idle if not await works(page, one, use)]
        stuck += [f"{use.__name__}: {await name_of(one)}" for one in idle]
    return len(controls), stuck


async def name_of(control: ElementHandle) -> str:
    """Return what a control is called, for a message."""
    return await control.evaluate("control => control.ariaLabel ?? control.outerHTML.slice(0, 90)")


async def works(
    page: Page, control: ElementHandle, use: Callable[[Page, ElementHandle, int], Awaitable[None]]
) -> bool:
    """Use a control one way, then the other, and return whether its picture alone changed."""
    if await control.get_attribute("aria-disabled") == "true":
        return False
    for way in (0, 1):
        before = await control.evaluate("control => facts.pictureOf(control)")
        await use(page, control, way)
        try:
            changed = "([control, before]) => facts.pictureOf(control) !== before"
            await page.wait_for_function(changed, arg=[control, before], timeout=PATIENCE)
        except TimeoutError:
            continue
        if use is by_keyboard:
            return await control.evaluate("control => document.activeElement === control")
        return True
    return False


async def by_keyboard(page: Page, control: ElementHandle, way: int) -> None:
    """Walk to a control, and press a key that its reader would."""
    await control.focus()
    kind = await control.evaluate("control => facts.kindOf(control)")
    await page.keyboard.press(KEYS.get(kind, ("Enter", "Space"))[way])


async def by_mouse(page: Page, control: ElementHandle, way: int) -> None:
    """Click a control: a slider at two places of its track, a list and then the next of it."""
    kind = await control.evaluate("control => facts.kindOf(control)")
    if kind == "slider":
        box = await control.evaluate("control => facts.trackOf(control)")
        await page.mouse.click(box["x"] + box["width"] * (0.8, 0.2)[way], box["y"])
    else:
        await control.click()
        if kind == "select":
            await page.keyboard.press(KEYS[kind][way])
            await page.keyboard.press("Enter")
