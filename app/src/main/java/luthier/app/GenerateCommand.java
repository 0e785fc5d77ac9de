package luthier.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import luthier.finetune.SavedModel;
import luthier.finetune.TextGenerator;
import luthier.nn.chat.Conversation;
import luthier.nn.chat.Message;
import luthier.tensor.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Continues a text, or answers a user's turn. */
@Command(
        name = "generate",
        description = {
            "Continues a text by a pretrained causal model: a folder or a GGUF file.",
            "Standard output holds the continuation alone, as it comes. The prompt is taken as it is, special tokens in it too; --chat"
                    + " renders it as a user's turn by the model's own template."
        },
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
    private static final double NANOS = 1e9;

    private final InputStream in;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DIR|FILE.gguf", description = "the model")
    private Path path = Path.of("");

    @Parameters(index = "1", paramLabel = "PROMPT|-", description = "the text, or - for standard input")
    private String prompt = "";

    @Option(names = "--chat", description = "the text is a user's turn, rendered by the model's chat template")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "a system message before it; with --chat")
    private String system = "";

    @Option(names = "--json", description = "one line of JSON with the text, why it ended and the counts")
    private boolean json;

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    GenerateCommand() {
        this(System.in);
    }

    /** Reads standard input from elsewhere. */
    GenerateCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        if (!system.isEmpty() && !chat) {
            throw new UsageException("generate: --system is a message of a chat; got no --chat; give it too");
        }
        String text = prompt.equals("-") ? new String(in.readAllBytes(), StandardCharsets.UTF_8) : prompt;
        TextGenerator model = load(path);
        TextGenerator.Wish wish = options.of(model);
        PrintWriter out = spec.commandLine().getOut();
        Predicate<String> pieces = piece -> {
            if (!json) {
                out.print(piece);
                out.flush();
            }
            return !out.checkError();
        };
        long begin = System.nanoTime();
        TextGenerator.Answer answer = chat
                ? model.answer(conversation(text), LocalDateTime.now(ZoneId.systemDefault()), wish, pieces)
                : model.generate(text, wish, pieces);
        double seconds = (System.nanoTime() - begin) / NANOS;
        out.println(json ? json(answer) : "");
        out.flush();
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%d tokens after %d of the prompt in %.2f s, %.1f a second; ended by %s%n",
                        answer.newTokens(),
                        answer.promptTokens(),
                        seconds,
                        answer.newTokens() / seconds,
                        words(answer));
        return 0;
    }

    /**
     * Loads a model that generates.
     *
     * @throws UsageException if the folder is that of a run that has learned something else
     */
    static TextGenerator load(Path path) throws IOException {
        if (SavedModel.isIn(path)) {
            throw new UsageException(
                    "generate: the model must be one that generates text; got a run that has learned to"
                            + " answer otherwise; use: luthier predict " + path);
        }
        return TextGenerator.load(path);
    }

    private Conversation conversation(String text) {
        List<Message> messages = new ArrayList<>();
        if (!system.isEmpty()) {
            messages.add(Message.system(system));
        }
        messages.add(Message.user(text));
        return Conversation.of(messages.toArray(Message[]::new));
    }

    private static String words(TextGenerator.Answer answer) {
        return switch (answer.ending()) {
            case END -> "an end token";
            case STOP -> "a stop";
            case LENGTH -> "--max-tokens";
            case CONTEXT_FULL -> "the model's longest text";
        };
    }

    private static String json(TextGenerator.Answer answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", answer.text());
        fields.put("ended_by", words(answer));
        fields.put("prompt_tokens", answer.promptTokens());
        fields.put("new_tokens", answer.newTokens());
        return Json.of(fields).toJson(0);
    }
}
