"""Reports that are not ordinary: what a designer would want to see, and what a layout breaks at."""

import copy

import sample


def long_names() -> dict:
    view = sample.view()
    view["brand"]["name"] = "Donaudampfschifffahrtsgesellschaft Suchmaschinenoptimierung & Söhne Beteiligungsgesellschaft mbH"
    view["brand"]["footer_text"] = (
        "Prepared by Donaudampfschifffahrtsgesellschaft Suchmaschinenoptimierung for its client under the agreement of 3 March 2024; "
        "confidential, not to be passed on without the written consent of both parties, figures without warranty."
    )
    view["client"]["name"] = "The Very Long Established Northern Counties Kitchen Furniture, Worktop and Appliance Company (Holdings) Limited"
    view["client"]["long_name"] = True
    view["client"]["domain"] = "the-very-long-established-northern-counties-kitchen-furniture-company.example"
    view["summary"]["tiles"][0].update(value="$12,480,310.55", is_long=True)
    view["summary"]["tiles"][1]["label"] = "Queries in the first ten places of Google’s results worldwide"
    for section in view["sections"]:
        for block in section["blocks"]:
            for row in block.get("table", {}).get("rows", ()):
                row["cells"][0]["cell"] = "averylongdomainnamewithoutanyplacetobreakitwhichstillhastofitthecolumn.example"
    return view


def scripts() -> dict:
    view = sample.view()
    view["client"].update(name="شركة النور للمطابخ والأثاث", language="ar")
    names = (("ar", "مطابخ الخليج"), ("ur", "لاہور کے باورچی خانے"), ("zh", "上海厨房设计有限公司"), ("ja", "株式会社山田キッチン"), ("ko", "서울주방"),
             ("el", "Κουζίνες Αθηνών"), ("ru", "Кухни Петербурга"), ("he", "מטבחי תל אביב"), ("hi", "दिल्ली रसोई"), ("th", "ครัวกรุงเทพ"))  # fmt: skip
    for section in view["sections"]:
        for block in section["blocks"]:
            for row, (language, name) in zip(block.get("table", {}).get("rows", ()), names * 9):
                row["cells"][0].update(cell=name, cell_language=language)
    return view


def scripts_urdu() -> dict:
    view = scripts()
    view["client"].update(name="لاہور کے باورچی خانے اور فرنیچر", language="ur")
    return view


def scripts_chinese() -> dict:
    view = scripts()
    view["client"].update(name="上海厨房设计有限公司", language="zh")
    return view


def no_data() -> dict:
    view = sample.view()
    for section in view["sections"]:
        section["blocks"] = []
        section.pop("finding", None)
        section["empty"] = f"There is nothing to report for {section['heading'].lower()} in this period."
    view["summary"].update(
        headline="There are no figures for this month yet.", has_tiles=False, tiles=[], paragraphs=[], needs=[],
        moved=["Nothing was measured in this period."], why=["The site was connected on 30 October."], next=["The first figures come on 8 November."],
    )  # fmt: skip
    view["losses"].update(finding="Nothing was lost, and nothing is late.", blocks=[])
    return view


def many_links() -> dict:
    view = sample.view()
    backlinks = next(section for section in view["sections"] if section["key"] == "backlinks")
    table = next(block["table"] for block in backlinks["blocks"] if "table" in block)
    rows = table["rows"]
    table["rows"] = [copy.deepcopy(rows[number % len(rows)]) for number in range(500)]
    for number, row in enumerate(table["rows"]):
        row["cells"][0]["cell"] = f"{number + 1}.{row['cells'][0]['cell']}"
    return view


ALL = {name: value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == __name__}
