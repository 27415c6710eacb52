#!/usr/bin/env python3
"""Writes the built console as one C++ source: embed_console.py DIST OUTPUT.cpp

DIST is what `npm run build` leaves in web/dist. Where there is none, the table is empty and the program says
that it was built without the console. The same files give the same bytes.
"""

import gzip
import pathlib
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
         ".ico": "image/x-icon", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
         ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}


def literal(content):
    """The bytes as C++ string literals, some a line; octal, for it ends after three digits."""
    lines = []
    for start in range(0, len(content), 64):
        piece = "".join(f"\\{byte:03o}" for byte in content[start:start + 64])
        lines.append(f'        "{piece}"')
    return "\n".join(lines)


def main():
    dist, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows = []
    files = sorted(path for path in dist.rglob("*") if path.is_file()) if dist.is_dir() else []
    for path in files:
        if path.suffix == ".map":
            continue
        if path.suffix not in TYPES:
            sys.exit(f"embed_console.py: no content type is known for {path}")
        packed = gzip.compress(path.read_bytes(), 9, mtime=0)
        name = "/" + path.relative_to(dist).as_posix()
        rows.append(f'    ConsoleFile{{"{name}", "{TYPES[path.suffix]}", std::string_view(\n{literal(packed)},\n'
                    f"        {len(packed)})}},\n")
    text = ('#include "http/console.h"\n\n#include <array>\n\nnamespace fineline::http {\n\nnamespace {\n\n'
            f"constexpr std::array<ConsoleFile, {len(rows)}> files{{\n{''.join(rows)}}};\n\n}}  // namespace\n\n"
            "std::span<const ConsoleFile> console_files() {\n    return files;\n}\n\n}  // namespace fineline::http\n")
    if not output.exists() or output.read_text() != text:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text)


if __name__ == "__main__":
    main()
