"""Pages with generated parts: what stands between the lines `<!-- generated: NAME -->` and `<!-- end -->`."""

import re
from collections.abc import Callable

from stylegrid.errors import ConfigError
from stylegrid.manual import codes_table, columns_table, programs_list, recipes_table, settings_tables, workflow_tables

PARTS: dict[str, Callable[[], str]] = {
    "settings": settings_tables.settings,
    "config": settings_tables.config_keys,
    "codes": codes_table.codes,
    "columns": columns_table.columns,
    "recipes": recipes_table.recipes,
    "programs": programs_list.programs,
    "targets": workflow_tables.targets,
    "rules": workflow_tables.rules,
    "modules": workflow_tables.modules,
}
_PART = re.compile(r"^(<!-- generated: (\w+) -->\n).*?^(?=<!-- end -->)", re.DOTALL | re.MULTILINE)


def page(text: str) -> str:
    """A page's text with every generated part current; ConfigError for a part that nothing generates."""

    def part(found: re.Match) -> str:
        if found[2] not in PARTS:
            raise ConfigError(f"docs: no part {found[2]!r}; the parts are {', '.join(PARTS)}")
        return f"{found[1]}\n{PARTS[found[2]]()}\n\n"

    return _PART.sub(part, text)
