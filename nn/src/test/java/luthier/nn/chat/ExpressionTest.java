package luthier.nn.chat;

import static luthier.nn.chat.Rendering.assertRefused;
import static luthier.nn.chat.Rendering.assertText;
import static luthier.nn.chat.Rendering.kind;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import luthier.nn.chat.TemplateException.Kind;
import org.junit.jupiter.api.Test;

/** Expressions, checked against what Python and Jinja answer. */
class ExpressionTest {
    @Test
    void numbersPrintAsInPython() {
        assertText(
                "1.0 1e-05 0.0001 1e+16 1234567890123456.0 -0.0 5e-324 1.7976931348623157e+308",
                "{{ 1.0 }} {{ 1e-5 }} {{ 0.0001 }} {{ 1e16 }} {{ 1234567890123456.0 }} {{ -0.0 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }}");
        assertText("31 255 5 8 1000", "{{ 0x1f }} {{ 0XFF }} {{ 0b101 }} {{ 0o10 }} {{ 1_000 }}");
        assertText("inf -inf nan", "{{ 1e999 }} {{ -1e999 }} {{ 'nan'|float }}");
    }

    @Test
    void divisionRoundsDown() {
        assertText(
                "-4 1 -3.0 0.5 -1 -0.5",
                "{{ -7 // 2 }} {{ -7 % 2 }} {{ -5.5 // 2 }} {{ -5.5 % 2 }} {{ 7 % -2 }} {{ 5.5 % -2 }}");
        assertText("3.5 2.0 1e+20", "{{ 7 / 2 }} {{ 4 / 2 }} {{ 10 ** 20 / 1 }}");
        assertRefused(Kind.TYPE, "chat template test.jinja: division by zero; line 1", "{{ 1 // 0 }}");
        assertEquals(Kind.TYPE, kind("{{ 1.0 % 0 }}"));
    }

    @Test
    void powersBindLeftAndTighterThanSigns() {
        assertText(
                "64 4 0.5 0.25 1 -1",
                "{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** -1 }} {{ 0.5 ** 2 }} {{ 0 ** 0 }} {{ (-1) ** 3 }}");
    }

    @Test
    void truthAndNumbersAreOneKind() {
        assertText(
                "2 True True 3 False",
                "{{ true + true }} {{ 1 == true }} {{ 1 == 1.0 }} {{ [1, 2, 3][true] + 1 }} {{ '1' == 1 }}");
        assertText("b", "{{ {1: 'a', 1.0: 'b'}[true] }}");
        assertText(
                "True False",
                "{{ 9007199254740993 > 9007199254740992.0 }} {{ 9007199254740993 == 9007199254740992.0 }}");
    }

    @Test
    void textsAreOrderedByCodePoints() {
        assertText("True True False", "{{ '\uFF5E' < '\uD83D\uDC4D' }} {{ 'a' < 'ab' }} {{ 'b' < 'a' }}");
        assertEquals(Kind.TYPE, kind("{{ 'a' < 1 }}"));
        assertEquals(Kind.TYPE, kind("{{ none < 1 }}"));
        assertText("True", "{{ [1, 'a'] < [1, 'b'] }}");
    }

    @Test
    void whatIsNotThereIsEmptyUntilItIsUsed() {
        assertText("||0|", "{{ x }}|{{ x ~ '' }}|{{ x|length }}|{{ x|join }}");
        assertText("True True True False", "{{ x is sequence }} {{ x is iterable }} {{ x == y }} {{ x is mapping }}");
        assertRefused(Kind.UNDEFINED, "chat template test.jinja: 'x' is undefined; line 2", "\n{{ x + 1 }}");
        assertRefused(
                Kind.UNDEFINED,
                "chat template test.jinja: a value of type dict has no 'b'; line 1",
                "{{ {'a': 1}.b.c }}");
        assertText("", "{{ 'a' if false }}");
    }

    @Test
    void attributesComeBeforeEntriesAndIndexesAfter() {
        assertEquals(
                "1|[('items', 1)]|1",
                Rendering.text(
                        "{{ d['items'] }}|{{ d.items()|list }}|{{ d.get('items') }}", Map.of("d", Map.of("items", 1))));
        assertText("A", "{{ 'a'['upper']() }}");
    }

    @Test
    void slicesTakeAnyBounds() {
        assertText(
                "[3, 1]|[]|[2, 3]|cba|()",
                "{{ [1, 2, 3][::-2] }}|{{ [1, 2][5:] }}|{{ [1, 2, 3][-2:99] }}|{{ 'abc'[99::-1] }}|{{ (1, 2)[2:] }}");
        assertText("range(4, -1, -1)", "{{ range(5)[::-1] }}");
        assertText("[]", "{{ [1, 2][none:none:1][9:] }}");
    }

    @Test
    void markedTextEscapesWhatIsAdded() {
        assertText("<a>&lt;b&gt;", "{{ '<a>'|safe + '<b>' }}");
        assertText("<b><a>", "{{ '<b>' ~ '<a>'|safe }}");
        assertText("&lt;a&gt;&#39;", "{{ \"<a>'\"|e }}");
    }

    @Test
    void callsTakeListsAndMaps() {
        assertText("1-2-3", "{% macro f(a, b, c) %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ f(*[1, 2], **{'c': 3}) }}");
        assertText("(1, 2) {'k': 3}", "{% macro f() %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ f(1, 2, k=3) }}");
        assertRefused(
                Kind.TYPE,
                "chat template test.jinja: the macro 'f' takes at most 1 arguments; got 2; line 1",
                "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}");
    }

    @Test
    void listsOfMessagesAreComparedWhole() {
        assertEquals(
                "True", Rendering.text("{{ m[0] == m[1] }}", Map.of("m", List.of(Map.of("a", 1), Map.of("a", 1.0)))));
    }
}
