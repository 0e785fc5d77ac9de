package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
    static final OptionTable OPTIONS = new OptionTable(shared(), ofMethods(), "lora");

    private static Map<String, OptionTable.Rule> shared() {
        Map<String, OptionTable.Rule> rules = new LinkedHashMap<>();
        for (String name : List.of("text", "label", "method")) {
            rules.put(name, OptionTable.Rule.of(OptionKind.WORD));
        }
        for (String name : List.of("epochs", "steps", "batch-size")) {
            rules.put(name, atLeastOne());
        }
        rules.put("seed", OptionTable.Rule.of(OptionKind.WHOLE));
        rules.put("class-weights", OptionTable.Rule.of(OptionKind.FLAG));
        rules.put(
                "learning-rate",
                new OptionTable.Rule(OptionKind.NUMBER, value -> (Double) value > 0, "must be positive"));
        for (String name : List.of("weight-decay", "warmup", "clip")) {
            rules.put(
                    name,
                    new OptionTable.Rule(OptionKind.NUMBER, value -> (Double) value >= 0, "must not be negative"));
        }
        return rules;
    }

    private static OptionTable.Rule atLeastOne() {
        return new OptionTable.Rule(OptionKind.WHOLE, value -> (Long) value >= 1, "must be at least 1");
    }

    private static Map<String, Map<String, OptionTable.Rule>> ofMethods() {
        OptionTable.Rule targets = OptionTable.Rule.of(OptionKind.PATTERN);
        Map<String, Map<String, OptionTable.Rule>> methods = new LinkedHashMap<>();
        methods.put("lora", Map.of("rank", atLeastOne(), "targets", targets));
        methods.put("ia3", Map.of("targets", targets));
        methods.put("full", Map.of());
        return methods;
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
                accepted.stream().anyMatch(expect -> takes(expect, given.values())),
                () -> accepted + "; got " + given.values());
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
        return settings.keySet().equals(values.keySet())
                && settings.entrySet().stream().allMatch(e -> same(e.getValue(), values.get(e.getKey())));
    }

    private static boolean same(JsonValue right, Object got) {
        return switch (right) {
            case JsonNumber number when got instanceof Long whole -> number.asLong() == whole;
            case JsonNumber number -> got instanceof Double value && number.asDouble() == value;
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
