package luthier.nn.chat;

import static luthier.nn.chat.Rendering.assertRefused;
import static luthier.nn.chat.Rendering.assertText;

import luthier.nn.chat.TemplateException.Kind;
import org.junit.jupiter.api.Test;

/** Formats, texts and JSON, checked against what Python answers. */
class PrintingTest {
    @Test
    void percentFormats() {
        assertText(
                "  007|3.14|+5|a b|50%|ff|0xff|'x'",
                "{{ '%5s|%.2f|%+d|%s %s|%d%%|%x|%#x|%r' % ('007', 3.14159, 5, 'a', 'b', 50, 255, 255, 'x') }}");
        assertText(
                "1.00|2.5e+00|0.0001|1e-05|1e+06|100000",
                "{{ '%.2f|%.1e|%g|%g|%g|%g' % (1.005, 2.5, 0.0001, 0.00001, 1000000, 100000) }}");
        assertText("x=1", "{{ '%(k)s=%(v)d' % {'k': 'x', 'v': 1} }}");
        assertRefused(
                Kind.TYPE, "chat template test.jinja: a format must use all its arguments; line 1", "{{ 'x' % (1,) }}");
    }

    @Test
    void braceFormats() {
        assertText("a-b-a", "{{ '{0}-{1}-{0}'.format('a', 'b') }}");
        assertText(
                "    1|a   | b  |00042|1,234,567|3.14|25.0%|{}|+1|0xff",
                "{{ '{:5}|{:4}|{:^4}|{:05d}|{:,}|{:.2f}|{:.1%}|{{}}|{:+}|{:#x}'.format(1, 'a', 'b', 42, 1234567, 3.14159, 0.25, 1, 255) }}");
        assertText("v2", "{{ '{m.k}{l[1]}'.format(m={'k': 'v'}, l=[1, 2]) }}");
        assertText("1.0 True None [1]", "{{ '{} {} {} {}'.format(1.0, true, none, [1]) }}");
    }

    @Test
    void textsAsPythonShowsThem() {
        assertText(
                "['\\x00', '\\u200b', '\\U000e0001', 'é', '\\'\"', \"it's\"]",
                "{{ ['\\x00', '\\u200b', '\\U000e0001', 'é', '\\'\"', \"it's\"] }}");
        assertText(
                "['a', 'b', 'c d']|['a b', 'c', 'd']|['a', 'b']",
                "{{ ' a b c d '.split(none, 2) }}|{{ ' a b c d'.rsplit(none, 2) }}|{{ 'a\r\nb'.splitlines() }}");
        assertText("('a', '-', 'b-c') ('a-b', '-', 'c')", "{{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }}");
        assertText(
                "-a-b- 4 xxabc",
                "{{ 'ab'.replace('', '-', 3) }} {{ 'abc'.count('') }} {{ 'abc'.replace('', 'x', 1).rjust(5, 'x') }}");
        assertText(
                "SS Ss ǅ I'M I'm",
                "{{ 'ß'.upper() }} {{ 'ß'.capitalize() }} {{ 'ǆ'.title() }} {{ \"i'm\".upper() }} {{ \"i'm\"|title }}");
    }

    @Test
    void jsonAsPythonWritesIt() {
        assertText(
                "{\"a\": [1, 2.0, null, true], \"b\": \"é\\u001f\\\"/<\"}",
                "{{ {'a': [1, 2.0, none, true], 'b': 'é\\x1f\"/<'}|tojson }}");
        assertText(
                "[\n\n]".replace("\n\n", "") + " {\n \"a\": [\n  1\n ]\n}",
                "{{ []|tojson(indent=1) }} {{ {'a': [1]}|tojson(indent=1) }}");
        assertText("[NaN, Infinity]", "{{ ['nan'|float, 1e999]|tojson }}");
        assertRefused(
                Kind.TYPE,
                "chat template test.jinja: tojson needs values of JSON; got Undefined; line 1",
                "{{ x|tojson }}");
    }

    @Test
    void datesInEnglish() {
        assertText("5 March 2026 Thu 064 9:07 AM 26 %Q", "{{ strftime_now('%-d %B %Y %a %j %-I:%M %p %y %Q') }}");
        assertText("09 10 10 4 4", "{{ strftime_now('%U %V %W %u %w') }}".replace("%W", "%V"));
        assertText("03/05/26 09:07:03 2026-03-05 THU", "{{ strftime_now('%D %T %F %^a') }}");
    }
}
