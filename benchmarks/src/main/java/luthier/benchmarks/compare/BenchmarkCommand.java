package luthier.benchmarks.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code luthier benchmark}: measures, prints the table, writes it as JSON. */
@Command(
        name = "luthier benchmark",
        description = {
            "Compares Luthier's kernels with its scalar ones and, with --peers, with libtorch, OpenBLAS and EJML.",
            "Every library runs in its own process, in turns of some ten milliseconds; times are medians over all rounds."
        },
        mixinStandardHelpOptions = true)
final class BenchmarkCommand implements Callable<Integer> {
    private static final int USAGE = 2;
    private static final int INTERNAL = 1;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Option(names = "--peers", description = "also measure libtorch, OpenBLAS and EJML (a first time fetches 140 MB)")
    private boolean peers;

    @Option(names = "--quick", description = "a dozen rows, one thread, about two minutes")
    private boolean quick;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description =
                    "threads of every library, or several as 1,2 for a table each (default: 1 and all processors)")
    private List<Integer> threads = List.of();

    @Option(names = "--rows", paramLabel = "REGEX", description = "only the rows whose name contains this")
    private String rows = "";

    @Option(names = "--list", description = "list the rows and end")
    private boolean list;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "how often all processes start anew (default: 3, quick 1)")
    private int forks;

    @Option(names = "--rounds", paramLabel = "N", description = "turns of each library a row and fork (default: 5)")
    private int rounds = 5;

    @Option(
            names = "--clock",
            description = "wall, or cpu: the calling thread's processor time, for a busy machine and 1 thread"
                    + " (default: wall)")
    private Plan.Clock clock = Plan.Clock.WALL;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "the JSON file (default: benchmarks/results/<date>.json)")
    private Path output = Path.of("");

    private BenchmarkCommand() {}

    /** Runs and exits: 0 done, 2 what the user can mend, 1 our fault. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchmarkCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((exception, arguments) -> {
                    String line = String.valueOf(exception.getMessage()).replace('\n', ' ');
                    exception.getCommandLine().getErr().println("luthier: " + line + "; see luthier benchmark --help");
                    return USAGE;
                })
                .setExecutionExceptionHandler((exception, commandLine, parsed) -> {
                    if (exception instanceof IOException) {
                        commandLine.getErr().println("luthier: " + exception.getMessage());
                        return USAGE;
                    }
                    commandLine.getErr().println("luthier: internal error, please report it with this trace");
                    exception.printStackTrace(commandLine.getErr());
                    return INTERNAL;
                });
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Plan plan = plan();
        if (list) {
            plan.rows().forEach(row -> out.println(row.name()));
            return 0;
        }
        Machine machine = Machine.here();
        Comparison.Outcome outcome = new Comparison(plan, line -> err.println("luthier: " + line)).run();
        out.print(Table.of(outcome));
        out.flush();
        Path file = output.toString().isEmpty()
                ? Machine.home()
                        .resolve("benchmarks")
                        .resolve("results")
                        .resolve(machine.date().replace(":", "") + ".json")
                : output;
        ResultFile.write(file, outcome, machine);
        out.println("\nload average " + Format.digits(machine.load()) + " before, " + Format.digits(ResultFile.load())
                + " after; written to " + file);
        return 0;
    }

    Plan plan() {
        List<String> contenders = new ArrayList<>(List.of("luthier", "scalar"));
        if (peers) {
            contenders.addAll(List.of("libtorch", "openblas", "ejml"));
        }
        List<Workload> chosen = Workloads.choose(pattern(), quick);
        require(!chosen.isEmpty(), "--rows: no row's name contains '" + rows + "'; --list names them all");
        List<Integer> counts = counts();
        require(counts.stream().allMatch(count -> count >= 1), "--threads: must be at least 1; got " + counts);
        require(
                clock == Plan.Clock.WALL || counts.equals(List.of(1)),
                "--clock cpu: counts the calling thread alone; add --threads 1");
        require(rounds >= 1, "--rounds: must be at least 1; got " + rounds);
        require(forks >= 0, "--forks: must be at least 1; got " + forks);
        int starts = forks > 0 ? forks : quick ? 1 : 3;
        return new Plan(contenders, chosen, counts, starts, rounds, quick ? 40 : 60, quick ? 300 : 600, clock);
    }

    private List<Integer> counts() {
        if (!threads.isEmpty()) {
            return threads;
        }
        int all = quick ? 1 : Runtime.getRuntime().availableProcessors();
        return IntStream.of(1, all).distinct().boxed().toList();
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(rows);
        } catch (PatternSyntaxException malformed) {
            throw new ParameterException(
                    spec.commandLine(), "--rows: must be a regular expression; got '" + rows + "'", malformed);
        }
    }

    private void require(boolean kept, String rule) {
        if (!kept) {
            throw new ParameterException(spec.commandLine(), rule);
        }
    }
}
