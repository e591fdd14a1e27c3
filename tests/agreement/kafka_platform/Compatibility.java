import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** Reads pairs of lines, a reader's and a writer's schema; answers each pair with one word. */
public class Compatibility {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String reader = lines.readLine(); reader != null; reader = lines.readLine()) {
      System.out.println(answer(reader, lines.readLine()));
    }
  }

  static String answer(String reader, String writer) {
    Schema first;
    Schema second;
    try {
      first = parse(reader);
      second = parse(writer);
    } catch (AvroRuntimeException error) {
      return "REFUSED";
    }
    try {
      return SchemaCompatibility.checkReaderWriterCompatibility(first, second).getType().name();
    } catch (AvroRuntimeException error) {
      return "AMBIGUOUS";
    }
  }

  static Schema parse(String text) {
    Schema.Parser parser = new Schema.Parser();
    parser.setValidateDefaults(false);
    return parser.parse(text);
  }
}
