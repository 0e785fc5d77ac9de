package luthier.nn.chat;

import static luthier.nn.chat.Rendering.assertRefused;
import static luthier.nn.chat.Rendering.assertText;
import static luthier.nn.chat.Rendering.kind;
import static org.junit.jupiter.api.Assertions.assertEquals;

import luthier.nn.chat.TemplateException.Kind;
import org.junit.jupiter.api.Test;

/** Statements, checked against what Jinja answers. */
class StatementTest {
    @Test
    void loopsLookAheadOnlyWhenTheyAreAsked() {
        assertText(
                "1",
                "{% set ns = namespace(go=true) %}{% for i in [1, 2] if ns.go %}{% set ns.go = false %}{{ i }}{% endfor %}");
        assertText("1.2!", "{% for i in [1, 2] %}{{ i }}{{ '!' if loop.last else '.' }}{% endfor %}");
        assertText("3 2 1 ", "{% for i in 'abc' %}{{ loop.revindex }} {% endfor %}");
    }

    @Test
    void loopsRepeatThemselves() {
        assertText(
                "1[2[3]]4",
                "{% for n in [{'v': 1, 'c': [{'v': 2, 'c': [{'v': 3}]}]}, {'v': 4}] recursive %}{{ n.v }}"
                        + "{% if n.c %}[{{ loop(n.c) }}]{% endif %}{% endfor %}");
        assertText("a0b1a0", "{% for i in range(3) %}{{ loop.cycle('a', 'b') }}{{ i % 2 }}{% endfor %}");
        assertText("TrueFalseTrue", "{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %}");
    }

    @Test
    void blocksHaveNamesOfTheirOwn() {
        assertText("1", "{% set x = 1 %}{% set y %}{% set x = 2 %}{% endset %}{{ x }}");
        assertText("1", "{% set x = 1 %}{% generation %}{% set x = 2 %}{% endgeneration %}{{ x }}");
        assertText("12", "{% set x = 1 %}{% with y = x, x = 2 %}{{ y }}{{ x }}{% endwith %}");
        assertText("5", "{% macro m() %}{{ y }}{% endmacro %}{% set y = 5 %}{{ m() }}");
    }

    @Test
    void callersAndFiltersTakeBodies() {
        assertText(
                "<b>x1</b>",
                "{% macro b() %}<b>{{ caller(1) }}</b>{% endmacro %}{% call(n) b() %}x{{ n }}{% endcall %}");
        assertText("ABC", "{% filter upper|trim %} abc {% endfilter %}");
    }

    @Test
    void unknownFiltersWithinConditionsWaitUntilTheyAreReached() {
        assertEquals(Kind.SYNTAX, kind("{{ 1|nothing }}"));
        assertEquals(Kind.SYNTAX, kind("{% for x in [] %}{{ 1|nothing }}{% endfor %}"));
        assertText("ok", "{% if false %}{{ 1|nothing }}{% endif %}ok");
        assertText("ok", "{{ 1|nothing if false else 'ok' }}");
        assertEquals(Kind.TYPE, kind("{% if true %}{{ 1|nothing }}{% endif %}"));
        assertEquals(Kind.SYNTAX, kind("{{ 1 is nothing }}"));
    }

    @Test
    void errorsNameTheLine() {
        assertRefused(
                Kind.SYNTAX,
                "chat template test.jinja: the block 'if' must be closed by elif or else or endif; got the end of the template; line 2",
                "{% if x %}\n\n");
        assertRefused(Kind.SYNTAX, "chat template test.jinja: brackets must match; got ')'; line 2", "\n{{ (1)) }}");
        assertRefused(
                Kind.SYNTAX,
                "chat template test.jinja: a tag must be one that chat templates know; got 'frob'; line 1",
                "{% frob %}");
        assertRefused(Kind.SYNTAX, "chat template test.jinja: a comment must end with '#}'; line 1", "{# x");
        assertRefused(Kind.RAISED, "chat template test.jinja: no tools; line 2", "\n{{ raise_exception('no tools') }}");
        assertRefused(
                Kind.TYPE,
                "chat template test.jinja: as many values as names are needed, 2; got 1; line 1",
                "{% for a, b in [[1]] %}{% endfor %}");
        assertEquals(Kind.SYNTAX, kind("{% break %}"));
    }
}
