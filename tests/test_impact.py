"""What follows when something is taken away: what it strands, exactly and in all ways."""

import pytest

import kg
from kg.checks.consequences import guard_edit
from kg.errors import KgError


def plan(tmp_path, name, rows):
    path = tmp_path / f"{name}.csv"
    lines = ["id,level,text,serves,lead", *rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return kg.load(path)


def test_an_edit_that_strands_is_refused_unless_forced(tmp_path):
    rows = ["o1,objective,Be well,,"]
    rows += [f"a{n},action,Do {n},o1," for n in range(15)]
    before = plan(tmp_path, "before", rows)
    after = plan(tmp_path, "after", [row.replace(",o1,", ",,") for row in rows])
    with pytest.raises(KgError) as caught:
        guard_edit(before, after)
    assert caught.value.code == "edit-strands"
    assert "15 items" in caught.value.message
    assert "a11 and 3 more" in caught.value.message
    assert "a12" not in caught.value.message
    assert guard_edit(before, after, force=True) == [f"a{n}" for n in range(15)]
    # What is deleted is not stranded, and what was an orphan before is not stranded anew.
    assert guard_edit(before, plan(tmp_path, "less", rows[:3])) == []
    assert guard_edit(after, after) == []
