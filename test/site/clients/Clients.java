import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads everything by JDBC, as DBeaver, Metabase and Tableau do, and prints for each promise of
 * docs/connect.md whether it holds: a line for the shell has true or false, what was checked, and
 * what was wrong with it, with tabs between them.
 *
 * Arguments: the directory of reference.sql, user, password, and for each way its name and URL.
 */
class Clients {
	record Column(String kind, String name, String type, boolean moves, boolean hasScale,
		String relationComment, String comment) {}

	/** What PostgreSQL's types are to the driver: the class of a value. */
	static final Map<String, Class<?>> CLASSES = Map.ofEntries(
		Map.entry("bigint", Long.class),
		Map.entry("boolean", Boolean.class),
		Map.entry("bytea", byte[].class),
		Map.entry("character varying", String.class),
		Map.entry("date", java.sql.Date.class),
		Map.entry("integer", Integer.class),
		Map.entry("interval", Object.class),
		Map.entry("jsonb", Object.class),
		Map.entry("numeric", BigDecimal.class),
		Map.entry("text", String.class),
		Map.entry("text[]", Array.class),
		Map.entry("timestamp with time zone", Timestamp.class));
	static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
		.appendPattern("yyyy-MM-dd HH:mm:ss")
		.appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
		.toFormatter();
	static final List<String> WRITES = List.of(
		"INSERT INTO sdgs (id, name) VALUES (99, 'x')",
		"UPDATE activities SET title = 'x'",
		"DELETE FROM sections",
		"CREATE TABLE mine (x integer)");
	static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
	static final Map<String, List<Column>> COLUMNS = new TreeMap<>();

	static void tell(String what, List<String> wrong) {
		String text = String.join("; ", wrong).replaceAll("\\s+", " ");
		OUT.println(wrong.isEmpty() + "\t" + what + "\t" + cut(text, 500));
	}

	static String cut(String text, int length) {
		return text.substring(0, Math.min(text.length(), length));
	}

	/** What COPY's text format makes of a text, and back. */
	static String escaped(String text) {
		return text.replace("\\", "\\\\").replace("\b", "\\b").replace("\f", "\\f")
			.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
			.replace("\u000b", "\\v");
	}

	static String plain(String field) {
		return field.equals("\\N") ? null : field.replace("\\\\", "\\");
	}

	static String written(ResultSet row, int i, Column column) throws SQLException {
		if (column.moves() || row.getObject(i) == null) {
			return "\\N";
		}
		return switch (column.type()) {
			case "boolean" -> row.getBoolean(i) ? "t" : "f";
			case "timestamp with time zone" -> TIME.format(
				row.getObject(i, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC));
			case "date" -> row.getDate(i).toString();
			case "bytea" -> escaped("\\x" + java.util.HexFormat.of().formatHex(row.getBytes(i)));
			default -> escaped(row.getString(i));
		};
	}

	static void readColumns(Path directory) throws Exception {
		for (String line : Files.readAllLines(directory.resolve("columns.tsv"))) {
			String[] f = line.split("\t", -1);
			Column column = new Column(f[1], f[2], f[3], f[4].equals("t"), f[5].equals("t"),
				plain(f[6]), plain(f[7]));
			COLUMNS.computeIfAbsent(f[0], r -> new ArrayList<>()).add(column);
		}
	}

	/** The relations and columns with their comments, as tools show them. They also show those that
	 * the role may not read. */
	static void list(String how, Connection connection) throws Exception {
		DatabaseMetaData data = connection.getMetaData();
		List<String> tables = new ArrayList<>(), columns = new ArrayList<>();
		COLUMNS.forEach((relation, of) -> {
			tables.add(relation + " " + of.get(0).kind() + " " + of.get(0).relationComment());
			of.forEach(c -> columns.add(relation + " " + c.name() + " " + c.comment()));
		});
		try (ResultSet row = data.getTables(null, "public", "%", new String[] {"TABLE", "VIEW"})) {
			tell("JDBC (" + how + ") lists every table and view with its comment",
				difference(listed(row, "TABLE_TYPE"), tables));
		}
		try (ResultSet row = data.getColumns(null, "public", "%", "%")) {
			tell("JDBC (" + how + ") lists their columns with their comments",
				difference(listed(row, "COLUMN_NAME"), columns));
		}
	}

	static List<String> listed(ResultSet row, String label) throws SQLException {
		List<String> lines = new ArrayList<>();
		while (row.next()) {
			String relation = row.getString("TABLE_NAME");
			if (COLUMNS.containsKey(relation)) {
				lines.add(relation + " " + row.getString(label) + " " + row.getString("REMARKS"));
			}
		}
		return lines;
	}

	static List<String> difference(List<String> got, List<String> wanted) {
		List<String> wrong = new ArrayList<>();
		List<String> more = new ArrayList<>(got), less = new ArrayList<>(wanted);
		if (got.size() != wanted.size()) {
			wrong.add(got.size() + " for " + wanted.size());
		}
		more.removeAll(Set.copyOf(wanted));
		less.removeAll(Set.copyOf(got));
		more.stream().limit(1).forEach(s -> wrong.add("is there: " + cut(s, 200)));
		less.stream().limit(1).forEach(s -> wrong.add("is missing: " + cut(s, 200)));
		return wrong;
	}

	/** All rows, so many at a time, as tools that need not hold a whole table do. */
	static void read(String how, Connection connection, Path directory) throws Exception {
		List<String> wrong = new ArrayList<>(), types = new ArrayList<>();
		connection.setAutoCommit(false);
		for (String relation : COLUMNS.keySet()) {
			List<Column> columns = COLUMNS.get(relation);
			List<String> got = new ArrayList<>(), wanted = new ArrayList<>();
			try (Statement statement = connection.createStatement()) {
				statement.setFetchSize(50);
				ResultSet row = statement.executeQuery("SELECT * FROM " + relation);
				checkTypes(relation, row.getMetaData(), columns, types);
				while (row.next()) {
					got.add(line(relation, row, columns, types));
				}
			}
			for (String line : Files.readAllLines(directory.resolve(relation + ".tsv"))) {
				wanted.add(withoutIntervals(line, columns));
			}
			Collections.sort(got);
			Collections.sort(wanted);
			difference(got, wanted).forEach(text -> wrong.add(relation + ": " + text));
		}
		connection.rollback();
		connection.setAutoCommit(true);
		tell("JDBC (" + how + ") reads every table and view as it is", wrong);
		tell("JDBC (" + how + ") gives values of the right types", types);
	}

	/** A row as COPY writes it, but for its intervals. */
	static String line(String relation, ResultSet row, List<Column> columns, List<String> types)
		throws SQLException {
		List<String> fields = new ArrayList<>();
		for (int i = 1; i <= columns.size(); i++) {
			Column column = columns.get(i - 1);
			Object value = row.getObject(i);
			if (value != null && !CLASSES.get(column.type()).isInstance(value)) {
				types.add(relation + "." + column.name() + " gives " + value.getClass());
			}
			fields.add(column.type().equals("interval") ? "?" : written(row, i, column));
		}
		return String.join("\t", fields);
	}

	static String withoutIntervals(String line, List<Column> columns) {
		String[] fields = line.split("\t", -1);
		for (int i = 0; i < fields.length; i++) {
			if (columns.get(i).type().equals("interval")) {
				fields[i] = "?";
			}
		}
		return String.join("\t", fields);
	}

	static void checkTypes(String relation, ResultSetMetaData data, List<Column> columns,
		List<String> wrong) throws SQLException {
		for (int i = 1; i <= columns.size(); i++) {
			Column column = columns.get(i - 1);
			Class<?> expected = CLASSES.get(column.type());
			String name = data.getColumnName(i), type = data.getColumnClassName(i);
			if (!name.equals(column.name())) {
				wrong.add(relation + " has a column " + name + " for " + column.name());
			} else if (column.hasScale() && data.getScale(i) == 0) {
				wrong.add(relation + "." + name + " has no decimals");
			} else if (expected != Object.class && expected != byte[].class
				&& !expected.getName().equals(type)) {
				wrong.add(relation + "." + name + " is described as " + type);
			}
		}
	}

	static void write(String how, Connection connection) {
		List<String> wrong = new ArrayList<>();
		for (String text : WRITES) {
			try (Statement statement = connection.createStatement()) {
				statement.execute(text);
				wrong.add(text);
			} catch (SQLException e) {
				if (!"42501".equals(e.getSQLState())) {
					wrong.add(e.getMessage());
				}
			}
		}
		tell("JDBC (" + how + ") can write nothing", wrong);
	}

	/** Two clients that execute the same, often enough for their drivers to prepare it, and get the
	 * same connection to the server in turn. */
	static void takeTurns(String how, String url, String user, String password)
		throws SQLException {
		List<String> wrong = new ArrayList<>();
		String text = "SELECT section FROM esn_section_overview WHERE country_code = ?";
		try (Connection one = DriverManager.getConnection(url, user, password);
			Connection two = DriverManager.getConnection(url, user, password);
			PreparedStatement first = one.prepareStatement(text);
			PreparedStatement second = two.prepareStatement(text)) {
			for (int i = 0; i < 20; i++) {
				PreparedStatement statement = i % 2 == 0 ? first : second;
				statement.getConnection().setAutoCommit(false);
				statement.setString(1, "IT");
				try (ResultSet row = statement.executeQuery()) {
					if (!row.next()) {
						wrong.add("no rows");
					}
				}
				statement.getConnection().commit();
			}
		} catch (SQLException e) {
			wrong.add(e.getMessage());
		}
		tell("JDBC (" + how + "): two clients may get one connection to the server in turn", wrong);
	}

	public static void main(String[] arguments) throws Exception {
		Path directory = Path.of(arguments[0]);
		readColumns(directory);
		for (int i = 3; i < arguments.length; i += 2) {
			String how = arguments[i], url = arguments[i + 1];
			String user = arguments[1], password = arguments[2];
			try (Connection connection = DriverManager.getConnection(url, user, password)) {
				list(how, connection);
				read(how, connection, directory);
				write(how, connection);
			}
			takeTurns(how, url, user, password);
		}
	}
}
