package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
    private static final Machine MACHINE = new Machine("2026-01-02T03:04:05Z", "abc+changes", "a processor", 0.5);

    @Test
    void theFileIsStrictJsonOfTheSchema(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new").resolve("r.json");
        ResultFile.write(file, Outcomes.known(), MACHINE);
        JsonObject root = Json.parse(Files.readAllBytes(file), "r.json").asObject();
        assertEquals(
                "[schema, date, commit, cpu, processors, os, jdk, load, flags, plan, versions, peak, notes, rows]",
                root.members().keySet().toString());
        assertEquals("\"luthier-benchmark/1\"", root.members().get("schema").toString());
        JsonObject row = root.members().get("rows").asList().getFirst().asObject();
        assertEquals(
                "[family, name, threads, flops, elements, goals, missed, contenders]",
                row.members().keySet().toString());
        JsonObject contenders = row.members().get("contenders").asObject();
        assertEquals(
                "[time, wall, cpu, gigaflops, percentOfPeak, timesFaster]",
                contenders
                        .members()
                        .get("libtorch")
                        .asObject()
                        .members()
                        .keySet()
                        .toString());
    }

    @Test
    void nothingElseIsLeftInTheFolder(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("r.json");
        ResultFile.write(file, Outcomes.known(), MACHINE);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(java.util.List.of(file), files.toList());
        }
    }
}
