package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFieldsTest {
    private static final ConfigFields FIELDS = ConfigFields.COMMON
            .honours("size")
            .off("window")
            .only("positions", "absolute", "rotary")
            .only("groups", "1");

    private static JsonObject json(String text) {
        return Json.parse(text, "config.json").asObject();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'size': 3, 'use_cache': true, 'is_decoder': false, 'window': null}",
                "{'window': 0, 'positions': 'absolute', 'groups': 1}",
                "{'window': [], 'positions': 'rotary', 'groups': 1.0}",
                "{'window': {}, 'positions': null}",
                "{'window': ''}"
            })
    void takesWhatIsSupported(String text) {
        JsonObject config = json(text.replace('\'', '"'));
        FIELDS.require(config);
        assertEquals(List.of(), FIELDS.unknown(config));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"window\": 4} | window is not supported; got 4",
                "{\"pruned_heads\": {\"0\": [1]}} | pruned_heads is not supported; got {\"0\":[1]}",
                "{\"is_decoder\": true} | is_decoder is not supported; got true",
                "{\"positions\": \"alibi\"} | positions must be absolute or rotary; got \"alibi\"",
                "{\"groups\": 2} | groups must be 1; got 2",
                "{\"groups\": true} | groups must be 1; got true"
            })
    void refusesOtherValuesByTheFieldsName(String text, String rule) {
        JsonObject config = json(text);
        assertEquals(
                rule,
                assertThrows(ModelFormatException.class, () -> FIELDS.require(config))
                        .rule());
    }

    @Test
    void tellsNamesThatAreNoFields() {
        assertEquals(List.of("sise", "wide"), FIELDS.unknown(json("{\"size\": 3, \"sise\": 3, \"wide\": false}")));
    }

    @Test
    void whatIsSaidLastHolds() {
        JsonObject decoder = json("{\"is_decoder\": true, \"use_cache\": true}");
        FIELDS.honours("is_decoder").require(decoder);
        ConfigFields strict = FIELDS.ignores("is_decoder").off("use_cache");
        assertEquals(
                "use_cache is not supported; got true",
                assertThrows(ModelFormatException.class, () -> strict.require(decoder))
                        .rule());
    }
}
