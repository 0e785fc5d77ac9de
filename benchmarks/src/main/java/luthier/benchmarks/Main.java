package luthier.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks with the SIMD kernels and with the scalar ones and prints both side by side with their ratio. Takes JMH's
 * options; {@code -Dluthier.threads=N} sets the threads of a kernel.
 */
public final class Main {
    private Main() {}

    /** Runs the benchmarks that the arguments choose, all by default. */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        CommandLineOptions options = new CommandLineOptions(arguments);
        String threads = "-Dluthier.threads="
                + Integer.getInteger("luthier.threads", Runtime.getRuntime().availableProcessors());
        Map<String, List<Double>> table = new TreeMap<>();
        for (String kernels : List.of("simd", "scalar")) {
            OptionsBuilder builder = new OptionsBuilder();
            builder.parent(options);
            builder.forks(options.getForkCount().orElse(1));
            builder.warmupIterations(options.getWarmupIterations().orElse(3));
            builder.warmupTime(options.getWarmupTime().orElse(TimeValue.seconds(1)));
            builder.measurementIterations(options.getMeasurementIterations().orElse(5));
            builder.measurementTime(options.getMeasurementTime().orElse(TimeValue.seconds(1)));
            builder.jvmArgsAppend(
                    "--add-modules=jdk.incubator.vector",
                    "-Xms2g",
                    "-Xmx2g",
                    "-Xmn1400m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:+UseParallelGC",
                    threads,
                    "-Dluthier.kernels=" + kernels);
            collect(new Runner(builder.build()).run(), table);
        }
        System.out.printf(Locale.ROOT, "%n%-64s %12s %12s %8s%n", "benchmark", "simd", "scalar", "ratio");
        table.forEach((name, medians) -> System.out.printf(
                Locale.ROOT,
                "%-64s %12.1f %12.1f %8.2f%n",
                name,
                medians.getFirst(),
                medians.getLast(),
                medians.getLast() / medians.getFirst()));
    }

    private static void collect(Collection<RunResult> results, Map<String, List<Double>> table) {
        for (RunResult result : results) {
            StringBuilder name =
                    new StringBuilder(result.getParams().getBenchmark().replace("luthier.benchmarks.", ""));
            for (String key : result.getParams().getParamsKeys()) {
                name.append(' ').append(result.getParams().getParam(key));
            }
            name.append(" [").append(result.getPrimaryResult().getScoreUnit()).append(']');
            double median = result.getPrimaryResult().getStatistics().getPercentile(50);
            table.computeIfAbsent(name.toString(), key -> new ArrayList<>()).add(median);
        }
    }
}
