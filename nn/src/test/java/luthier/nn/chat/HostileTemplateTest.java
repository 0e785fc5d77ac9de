package luthier.nn.chat;

import static luthier.nn.chat.Rendering.assertRefused;
import static luthier.nn.chat.Rendering.assertText;
import static luthier.nn.chat.Rendering.kind;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDateTime;
import java.util.Map;
import luthier.nn.chat.TemplateException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that would use up time, memory or the stack, or reach what is not theirs. */
class HostileTemplateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(100000000) %}x{% endfor %}",
                "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}",
                "{% macro f() %}{{ f() ~ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{% call f() %}{% endcall %}{{ caller }}{% endmacro %}{{ f() }}",
                "{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}",
                "{{ 'x' * 1000000000 }}",
                "{{ ['x'] * 1000000000 }}",
                "{{ ('x' * 60000000) ~ ('x' * 60000000) }}",
                "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s|replace('x', 'xx') %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = ns.l|map('upper') %}{% endfor %}{{ ns.l|list }}",
                "{{ 10 ** (10 ** 10) }}",
                "{{ 10 ** 100000000000000000000 }}",
                "{% set ns = namespace(n=3) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
                "{{ 'x'.center(1000000000) }}",
                "{{ 'x'.ljust(1000000000) }}",
                "{{ 'x'.zfill(1000000000) }}",
                "{{ 'x'|center(1000000000) }}",
                "{{ 'a\nb'|indent(1000000000) }}",
                "{{ '\t'.expandtabs(1000000000) }}",
                "{{ '%1000000000d' % 1 }}",
                "{{ '%.1000000000f' % 1 }}",
                "{{ '%*d' % (1000000000, 1) }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ '{:.999999999f}'.format(1.5) }}",
                "{{ [[1]]|tojson(indent=1000000000) }}",
                "{{ [1]|batch(1000000000, 0)|list }}",
                "{{ [1]|slice(1000000000)|list }}",
                "{{ 1.5|round(1000000000) }}",
                "{{ ['x' * 60000000, 'x' * 60000000] | join }}",
                "{{ 'x'.join(range(99999)|map('string')|list * 1000) }}",
            })
    void isBounded(String template) {
        assertEquals(Kind.LIMIT, kind(template), template);
    }

    @Test
    void isBoundedWhileItIsRead() {
        for (String template : new String[] {
            "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}",
            "{{ " + "[".repeat(100_000) + "]".repeat(100_000) + " }}",
            "{{ " + "-".repeat(100_000) + "1 }}",
            "{{ " + "not ".repeat(100_000) + "1 }}",
            "{{ " + "1 if ".repeat(100_000) + "1 }}",
            "{% if 1 %}".repeat(100_000),
            "{% for x in y %}".repeat(100_000),
            "{{ x" + ".a".repeat(100_000) + " }}",
            "{{ 1" + " + 1".repeat(100_000) + " }}",
            "{{ x" + "|list".repeat(100_000) + " }}",
            "{{ 1" + " or 1".repeat(100_000) + " }}",
        }) {
            TemplateException refused = assertThrows(
                    TemplateException.class,
                    () -> ChatTemplate.parse(template, "t").render(Map.of(), LocalDateTime.MIN),
                    template.substring(0, 20));
            assertEquals(Kind.LIMIT, refused.kind(), refused.getMessage());
        }
    }

    @Test
    void readsLongTemplatesInLinearTime() {
        String braces = "{".repeat(500_000);
        assertEquals(Kind.LIMIT, kind("{{ " + braces));
        assertText("{% raw %}".repeat(1), "{% raw %}{% raw %}{% endraw %}");
        assertText(" ".repeat(1_000_000) + "x", " ".repeat(1_000_000) + "x");
        assertText("", "{# " + "#".repeat(1_000_000) + " #}");
    }

    @Test
    void innerAttributesAreOutOfReach() {
        assertText("||", "{{ ''.__class__ }}|{{ [].__class__ }}|{{ nothing.__class__ }}");
        assertEquals(Kind.FORBIDDEN, kind("{{ ''.__class__.__mro__ }}"));
        assertEquals(Kind.FORBIDDEN, kind("{{ ''['__class__']['__base__'] }}"));
        assertEquals(Kind.FORBIDDEN, kind("{{ (''|attr('__class__')).x }}"));
        assertEquals(Kind.UNDEFINED, kind("{{ range.__globals__.x }}"));
        assertEquals(Kind.FORBIDDEN, kind("{{ '{0.__class__.__mro__}'.format('') }}"));
        assertEquals(Kind.UNDEFINED, kind("{{ ''.getClass() }}"));
        assertEquals(Kind.UNDEFINED, kind("{{ raise_exception.call.x }}"));
        assertEquals(Kind.FORBIDDEN, kind("{{ namespace(_x=1) }}"));
        assertEquals(Kind.FORBIDDEN, kind("{% set ns = namespace() %}{% set ns.__class__ = 1 %}"));
    }

    @Test
    void valuesCannotBeChanged() {
        assertRefused(
                Kind.FORBIDDEN,
                "chat template test.jinja: the attribute 'append' of a list must not be used; line 1",
                "{{ [].append(1) }}");
        assertEquals(Kind.FORBIDDEN, kind("{{ {'a': 1}.pop('a') }}"));
        assertEquals(Kind.FORBIDDEN, kind("{{ {}.update(a=1) }}"));
        assertEquals(Kind.FORBIDDEN, kind("{{ [2, 1].sort() }}"));
    }

    @Test
    void whatIsLackingIsNamedWhenItIsReached() {
        assertRefused(
                Kind.UNSUPPORTED,
                "chat template test.jinja: the tag 'include' is not supported; line 2",
                "a\n{% include 'x' %}");
        assertText("ok", "{% if false %}{% include 'x' %}{% endif %}ok");
        assertText("ok", "{% if false %}{% block b %}{{ x }}{% endblock b %}{% endif %}ok");
        assertRefused(
                Kind.UNSUPPORTED,
                "chat template test.jinja: the filter 'pprint' is not supported; line 1",
                "{{ 1|pprint }}");
        assertRefused(
                Kind.UNSUPPORTED,
                "chat template test.jinja: printing a value of type generator is not supported; line 1",
                "{{ [1]|map('string') }}");
        assertRefused(
                Kind.UNSUPPORTED,
                "chat template test.jinja: the method 'encode' of a str is not supported; line 1",
                "{{ 'a'.encode() }}");
    }

    @Test
    void aSmallStackOfTheCallerIsEnough() throws InterruptedException {
        StringBuilder nested = new StringBuilder(
                "{% macro f(n) %}{% if n %}{% for i in [1] %}{{ f(n - 1) ~ n }} {% endfor %}{% endif %}{% endmacro %}");
        String[] text = {""};
        Thread thread =
                new Thread(null, () -> text[0] = Rendering.text(nested + "{{ f(100) }}", Map.of()), "small", 256 << 10);
        thread.start();
        thread.join();
        assertEquals("1 2 3 ", text[0].substring(0, 6));
    }
}
