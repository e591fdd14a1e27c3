import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.WindowedSerdes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.test.TestRecord;

/**
 * Counts by key and tumbling window in Kafka Streams' own test driver.
 *
 * <p>Reads programs: "P size grace", then "R key timestamp" for each record ("-" for no key), then
 * "E". Answers with what came out: "O" and "C" lines (output and changelog: key and value in hex,
 * stamp), "S key start count" for the store, and "E".
 */
public class WindowedCount {
  static final HexFormat HEX = HexFormat.of();

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      run(Long.parseLong(words[1]), Long.parseLong(words[2]), lines);
      System.out.println("E");
    }
  }

  static Topology topology(long size, long grace) {
    StreamsBuilder builder = new StreamsBuilder();
    TimeWindows windows =
        TimeWindows.ofSizeAndGrace(Duration.ofMillis(size), Duration.ofMillis(grace));
    builder.stream("input", Consumed.with(Serdes.String(), Serdes.String()))
        .groupByKey()
        .windowedBy(windows)
        .count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("counts")
            .withCachingDisabled())
        .toStream()
        .to("output", Produced.with(
            WindowedSerdes.timeWindowedSerdeFrom(String.class, size), Serdes.Long()));
    return builder.build();
  }

  static void run(long size, long grace, BufferedReader lines) throws Exception {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "app");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir"));
    try (TopologyTestDriver driver = new TopologyTestDriver(topology(size, grace), config)) {
      TestInputTopic<String, String> input =
          driver.createInputTopic("input", new StringSerializer(), new StringSerializer());
      for (String line = lines.readLine(); !line.equals("E"); line = lines.readLine()) {
        String[] words = line.split(" ");
        input.pipeInput(words[1].equals("-") ? null : words[1], "v", Long.parseLong(words[2]));
      }
      tell("O", driver, "output");
      tell("C", driver, "app-counts-changelog");
      WindowStore<String, Long> store = driver.getWindowStore("counts");
      try (KeyValueIterator<Windowed<String>, Long> all = store.all()) {
        while (all.hasNext()) {
          KeyValue<Windowed<String>, Long> one = all.next();
          System.out.println("S " + one.key.key() + " " + one.key.window().start() + " " + one.value);
        }
      }
    }
  }

  static void tell(String word, TopologyTestDriver driver, String topic) {
    TestOutputTopic<byte[], byte[]> output =
        driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    while (!output.isEmpty()) {
      TestRecord<byte[], byte[]> one = output.readRecord();
      System.out.println(word + " " + HEX.formatHex(one.key()) + " " + HEX.formatHex(one.value())
          + " " + one.timestamp());
    }
  }
}
