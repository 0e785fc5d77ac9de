package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import luthier.finetune.Methods;
import luthier.finetune.method.Config;
import luthier.finetune.method.Option;
import luthier.finetune.method.Options;
import luthier.golden.CaseFile;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code settings.json}: what a settings file, typed options and {@code --set} come to. */
class SettingsCasesTest {
    static final OptionTable OPTIONS = new OptionTable(run(), Methods.ALL, Methods.named("lora"));

    private static Options run() {
        return Options.of(
                Option.word("text", null, "text", "the column of the text"),
                Option.word("label", null, "label", "the column of the label"),
                atLeastOne("epochs"),
                atLeastOne("steps"),
                atLeastOne("batch-size"),
                Option.large("seed", null, 0, "of all random streams"),
                Option.flag("class-weights", null, false, "every class weighs the same"),
                Option.number("learning-rate", null, 2e-4, "the highest").check(rate -> rate > 0, "must be positive"),
                notNegative("weight-decay"),
                notNegative("warmup"),
                notNegative("clip"));
    }

    private static Option<Integer> atLeastOne(String name) {
        return Option.whole(name, null, 1, name).check(count -> count >= 1, "must be at least 1");
    }

    private static Option<Double> notNegative(String name) {
        return Option.number(name, null, 1, name).check(value -> value >= 0, "must not be negative");
    }

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("settings.json", SettingsCasesTest::check);
    }

    private static void check(JsonObject c) {
        List<JsonObject> accepted = CaseFile.accepted(c, "expect");
        GivenOptions given;
        try {
            given = given(c);
        } catch (UsageException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(
                    accepted.stream().anyMatch(expect -> refuses(expect, message)),
                    () -> accepted + "; got " + message);
            return;
        }
        assertTrue(
                accepted.stream().anyMatch(expect -> takes(expect, values(given))),
                () -> accepted + "; got " + values(given));
        String said = String.join("\n", given.said());
        for (JsonObject expect : accepted) {
            expect.find("says")
                    .ifPresent(words -> CaseFile.texts(words).forEach(word -> assertTrue(said.contains(word), said)));
        }
    }

    private static GivenOptions given(JsonObject c) {
        byte[] content = c.find("base64")
                .map(text -> Base64.getDecoder().decode(text.asString()))
                .orElseGet(() -> c.get("text").asString().getBytes(StandardCharsets.UTF_8));
        Map<String, String> typed = new LinkedHashMap<>();
        List<String> set = new ArrayList<>();
        c.find("options")
                .ifPresent(options -> options.asObject().members().forEach((name, value) -> {
                    if (name.equals("set")) {
                        set.add(value.asString());
                    } else {
                        typed.put(name, value.asString());
                    }
                }));
        SettingsFile file = SettingsFile.parse(content, "settings.yaml");
        return GivenOptions.of(OPTIONS, Optional.of(file), typed, set);
    }

    /** What was set, by the names of the options. */
    static Map<String, Object> values(GivenOptions given) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Config config : List.of(given.run(), given.own())) {
            for (Option<?> option : config.options().all()) {
                if (config.isSet(option)) {
                    values.put(option.name(), config.get(option));
                }
            }
        }
        return values;
    }

    private static boolean refuses(JsonObject expect, String message) {
        return expect.find("refused").isPresent()
                && CaseFile.texts(expect.get("refused")).stream().allMatch(message::contains)
                && expect.find("line")
                        .map(line -> message.contains("line " + line.asLong() + ":"))
                        .orElse(true);
    }

    private static boolean takes(JsonObject expect, Map<String, Object> values) {
        if (expect.find("settings").isEmpty()) {
            return false;
        }
        Map<String, JsonValue> settings = expect.get("settings").asObject().members();
        Set<String> names = new HashSet<>(settings.keySet());
        names.remove(OptionTable.METHOD);
        return names.equals(values.keySet())
                && names.stream().allMatch(name -> same(settings.get(name), values.get(name)));
    }

    private static boolean same(JsonValue right, Object got) {
        return switch (right) {
            case JsonNumber number when got instanceof Double value -> number.asDouble() == value;
            case JsonNumber number -> got instanceof Number whole && number.asLong() == whole.longValue();
            case JsonBoolean truth -> got instanceof Boolean value && truth.value() == value;
            case JsonArray list -> CaseFile.texts(list).equals(got);
            default -> right.asString().equals(got) || List.of(right.asString()).equals(got);
        };
    }

    @TestFactory
    Stream<DynamicTest> errorsOfSyntaxNameALine() {
        return Stream.of("label: \"topic\nepochs: 2\n", "epochs: [2\n", "a: b: c\n", "epochs: 2\n  seed: 1\n")
                .map(text -> DynamicTest.dynamicTest(text.replace("\n", "|"), () -> {
                    JsonObject c =
                            luthier.tensor.io.Json.of(Map.of("text", text)).asObject();
                    UsageException e =
                            org.junit.jupiter.api.Assertions.assertThrows(UsageException.class, () -> given(c));
                    assertTrue(String.valueOf(e.getMessage()).matches("settings.yaml, line \\d+: .*"), e.getMessage());
                    assertEquals(1, e.getMessage().lines().count());
                }));
    }
}
