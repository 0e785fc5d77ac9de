package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchmarkCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--swift | luthier: Unknown option: '--swift'; see luthier benchmark --help",
                "--threads=0 | luthier: --threads: must be at least 1; got [0]; see luthier benchmark --help",
                "--rows=nothing | luthier: --rows: no row's name contains 'nothing'; --list names them all; see luthier benchmark --help",
                "--rows=( | luthier: --rows: must be a regular expression; got '('; see luthier benchmark --help",
                "--rounds=0 | luthier: --rounds: must be at least 1; got 0; see luthier benchmark --help",
            })
    void aWrongOptionIsOneLineAndExitCode2(String option, String line) {
        StringWriter err = new StringWriter();
        int code = BenchmarkCommand.commandLine().setErr(new PrintWriter(err)).execute(option);
        assertEquals(2, code);
        assertEquals(line, err.toString().strip());
    }

    @Test
    void processorTimeNeedsOneThread() {
        StringWriter err = new StringWriter();
        int code = BenchmarkCommand.commandLine()
                .setErr(new PrintWriter(err))
                .execute("--clock", "cpu", "--threads", "1,2");
        assertEquals(2, code);
        assertTrue(err.toString().contains("--clock cpu: counts the calling thread alone; add --threads 1"));
    }

    @Test
    void optionsMakeThePlan() {
        Plan full = plan("--peers", "--threads", "1,2", "--rows", "^matmul NT");
        assertEquals(List.of("luthier", "scalar", "libtorch", "openblas", "ejml"), full.contenders());
        assertEquals(List.of(1, 2), full.threads());
        assertEquals(4, full.rows().size());
        assertEquals(3, full.forks());
        Plan quick = plan("--quick");
        assertEquals(List.of("luthier", "scalar"), quick.contenders());
        assertEquals(List.of(1), quick.threads());
        assertTrue(quick.rows().size() < Workloads.all().size() / 4);
    }

    private static Plan plan(String... arguments) {
        CommandLine commandLine = BenchmarkCommand.commandLine();
        commandLine.parseArgs(arguments);
        return ((BenchmarkCommand) commandLine.getCommand()).plan();
    }
}
