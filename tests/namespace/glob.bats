#!/usr/bin/env bats
# shellcheck disable=SC2153 # OUTPUT and the like are the helpers'
# A pattern means the paths that it means elsewhere, in their order.

load ../helpers/namespace

# Files in a tree; each sets a variable of its own name to 1, and LAST to its path.
setup() {
    local file number=0
    TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$TREE"/{a,ab,.hidden,empty,'x y'}
    for file in one two three .dot 'sp ace' 'star*' '[b' 'b]' 'back\slash' a/one a/two ab/one .hidden/one 'x y/one' 0 1 10 é; do
        number=$((number + 1))
        printf 'FILE_%s=1\nLAST="%s"\n' "$number" "${file//\\/\\\\}" >"$TREE/$file"
    done
}

# read_by PATTERN: the files that EnvironmentFile= has read, by number, and the last of them.
read_by() {
    run_tend --environment-file="-$TREE/$1" "$STUB" report environment
    equal "$status $(log)" "0 "
    reported environment | sed --quiet 's/^FILE_\([0-9]*\)=1/\1/p' | sort --numeric-sort | xargs
    reported environment | sed --quiet 's/^LAST=//p'
}

# meant_by PATTERN: the same, of what Python says.
meant_by() {
    python3 - "$TREE/$1" <<'END'
import glob, os, re, sys
found = sorted(glob.glob(os.fsencode(sys.argv[1])))  # of bytes, as tend's are
texts = []
for path in found:
    try:
        texts.append(open(path).read())
    except IsADirectoryError:
        pass
numbers = sorted(int(re.search(r"FILE_(\d+)", text)[1]) for text in texts)
last = re.search(r'LAST="(.*)"', texts[-1])[1].replace("\\\\", "\\") if texts else ""
print(*numbers)
if last:
    print(last)
END
}

# bats test_tags=long
@test "a pattern means what it means elsewhere" {
    local pattern count=0
    while IFS= read -r pattern; do
        equal "$pattern: $(read_by "$pattern")" "$pattern: $(meant_by "$pattern")"
        count=$((count + 1))
    done <<'END'
one
nothing
t*
*o
*
t*o
*e*e
?
??
???
.*
.d*
?dot
[ot]*
[!ot]*
[a-c]*
[0-9]
[0-9]*
[1-0]
[]]*
b[]]
[[]b
[b
*[b
one[
[a-]*
a/*
*/one
a*/one
?/t*
*/*
.h*/one
*/*/*
x?y/one
sp ace
*ace
star[*]
[é]
END
    ((count == 38))
    equal "$(read_by '[^ot]*')" "$(read_by '[!ot]*')"
}

@test "a backslash takes a pattern's meaning away" {
    equal "$(read_by 'star\*')" $'6\nstar*'
    equal "$(read_by '*\*')" $'6\nstar*'
    equal "$(read_by 'o\*')" ""
    equal "$(read_by '\one')" $'1\none'
}

@test "the files of a pattern are read in the order of their names, and all must be readable" {
    equal "$(read_by '[ot]*' | tail -n 1)" two
    run_tend --environment-file="$TREE/t*" --environment-file="$TREE/one" "$STUB" report environment
    equal "$(reported environment | grep ^LAST=)" LAST=one
    run_tend --environment-file="$TREE/nothing*" "$STUB" report environment
    equal "$status" 1
    like "$(log)" 'Cannot start .*EnvironmentFile=\): No such file or directory'
    # A directory among them.
    run_tend --environment-file="$TREE/a*" "$STUB" report environment
    equal "$status" 1
    run_tend --environment-file="-$TREE/a*" "$STUB" report environment
    equal "$status" 0
}

@test "ConditionPathExistsGlob= asks whether a pattern means anything" {
    local pattern met
    while IFS='|' read -r pattern met; do
        run_tend --condition-path-exists-glob="$TREE/$pattern" "$STUB" exit 3
        equal "$pattern: $status" "$pattern: $met"
        run_tend --condition-path-exists-glob="!$TREE/$pattern" "$STUB" exit 3
        equal "!$pattern: $status" "!$pattern: $((3 - met))"
    done <<'END'
one|3
o*|3
e*/|3
*/two|3
q*|0
empty/*|0
o*/*|0
*/three|0
END
}

@test "a directory of thousands is walked through in order" {
    local i name
    mkdir "$TREE/many"
    for ((i = 1; i <= 2000; i++)); do
        printf -v name %05d "$i"
        echo "LAST=$i" >"$TREE/many/$name"
    done
    run_tend --environment-file="$TREE/many/0000?" "$STUB" report environment
    equal "$(reported environment | grep ^LAST=)" LAST=9
    run_tend --condition-path-exists-glob="$TREE/many/*9" "$STUB" exit 3
    equal "$status" 3
}
