"""What customers might write: text that would act if some sink let it."""

TEXTS = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<svg/onload=alert(1)>",
    '"><a href="javascript:alert(1)">x</a>',
    "</title><script>alert(1)</script>",
    "{{title}} {{about}} ${alert(1)} `x`",
    "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "a\rb\r\nc\vd\fe\x85f\u2028g\u2029h",
    "\u202eevE si siht\u202c \u2066x\u2069 \u200f\u061c",
    "\x00\x01\x7f\ufeff\u200b\u00ad",
    '{"level": "error", "text": "forged"}\n[2026-11-22 10:42] Dana: I owe you 1000 €',
    '=HYPERLINK("http://evil.example")',
    "@SUM(1+1)",
    "😀👩‍👩‍👧 مرحبا हिन्दी ỹ\u0301",
    "../../../etc/passwd%00%0d%0aSet-Cookie: x=y",
    "'; DROP TABLE records; --",
    "ﷺ" * 50,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
)
ACTING = frozenset(map(chr, [*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202D, 0x202E]))
"""Characters that may come out nowhere: those that drive terminals and logs, and the two overrides."""
