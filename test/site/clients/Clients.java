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
 * Reads all of the extension by JDBC, as DBeaver, Metabase and Tableau do, and tells of each promise of docs/connect.md whether it holds: a line
 * for the shell, true or false, what was checked, what was wrong with it, parted by tabs.
 *
 * Arguments: the directory of reference.sql, user, password, and for each way its name and URL.
 */
class Clients {
	record Column(String kind, String name, String type, boolean moves, boolean hasScale, String relationComment, String comment) {}

	/** What PostgreSQL's types are to the driver: their java.sql.Types, and the class of a value. */
	static final Map<String, Class<?>> CLASSES = Map.ofEntries(Map.entry("bigint", Long.class), Map.entry("integer", Integer.class),
		Map.entry("boolean", Boolean.class), Map.entry("bytea", byte[].class), Map.entry("character varying", String.class), Map.entry("text", String.class),
		Map.entry("date", java.sql.Date.class), Map.entry("numeric", BigDecimal.class), Map.entry("text[]", Array.class),
		Map.entry("timestamp with time zone", Timestamp.class), Map.entry("jsonb", Object.class), Map.entry("interval", Object.class));
	static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("yyyy-MM-dd HH:mm:ss").appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
		.toFormatter();
	static final List<String> WRITES = List.of("INSERT INTO sdgs (id, name) VALUES (99, 'x')", "UPDATE activities SET title = 'x'", "DELETE FROM sections",
		"CREATE TABLE mine (x integer)");
	static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
	static final Map<String, List<Column>> COLUMNS = new TreeMap<>();

	static void tell(String what, List<String> wrong) {
		String text = String.join("; ", wrong).replaceAll("\\s+", " ");
		OUT.println(wrong.isEmpty() + "\t" + what + "\t" + text.substring(0, Math.min(text.length(), 500)));
	}

	/** What COPY's text format makes of a text, and back. */
	static String escaped(String text) {
		return text.replace("\\", "\\\\").replace("\b", "\\b").replace("\f", "\\f").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t").replace("\u000b", "\\v");
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
			case "timestamp with time zone" -> TIME.format(row.getObject(i, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC));
			case "date" -> row.getDate(i).toString();
			case "bytea" -> escaped("\\x" + java.util.HexFormat.of().formatHex(row.getBytes(i)));
			default -> escaped(row.getString(i));
		};
	}

	static void readColumns(Path directory) throws Exception {
		for (String line : Files.readAllLines(directory.resolve("columns.tsv"))) {
			String[] f = line.split("\t", -1);
			COLUMNS.computeIfAbsent(f[0], r -> new ArrayList<>()).add(new Column(f[1], f[2], f[3], f[4].equals("t"), f[5].equals("t"), plain(f[6]), plain(f[7])));
		}
	}

	/** What there is, and what it means, as tools show it. They also show what the role may not read. */
	static void list(String how, Connection connection) throws Exception {
		DatabaseMetaData data = connection.getMetaData();
		List<String> got = new ArrayList<>(), wanted = new ArrayList<>();
		try (ResultSet row = data.getTables(null, "public", "%", new String[] {"TABLE", "VIEW"})) {
			while (row.next()) {
				if (COLUMNS.containsKey(row.getString("TABLE_NAME"))) {
					got.add(row.getString("TABLE_NAME") + " " + row.getString("TABLE_TYPE") + " " + row.getString("REMARKS"));
				}
			}
		}
		COLUMNS.forEach((relation, columns) -> wanted.add(relation + " " + columns.get(0).kind() + " " + columns.get(0).relationComment()));
		tell("JDBC (" + how + ") lists every table and view with its comment", difference(got, wanted));
		got.clear();
		wanted.clear();
		try (ResultSet row = data.getColumns(null, "public", "%", "%")) {
			while (row.next()) {
				if (COLUMNS.containsKey(row.getString("TABLE_NAME"))) {
					got.add(row.getString("TABLE_NAME") + "." + row.getString("COLUMN_NAME") + " " + row.getString("REMARKS"));
				}
			}
		}
		COLUMNS.forEach((relation, columns) -> columns.forEach(c -> wanted.add(relation + "." + c.name() + " " + c.comment())));
		tell("JDBC (" + how + ") lists their columns with their comments", difference(got, wanted));
	}

	static List<String> difference(List<String> got, List<String> wanted) {
		List<String> wrong = new ArrayList<>(), more = new ArrayList<>(got), less = new ArrayList<>(wanted);
		if (got.size() != wanted.size()) {
			wrong.add(got.size() + " for " + wanted.size());
		}
		more.removeAll(Set.copyOf(wanted));
		less.removeAll(Set.copyOf(got));
		more.stream().limit(1).forEach(s -> wrong.add("is there: " + s.substring(0, Math.min(s.length(), 200))));
		less.stream().limit(1).forEach(s -> wrong.add("is missing: " + s.substring(0, Math.min(s.length(), 200))));
		return wrong;
	}

	/** All rows, so many at a time, as tools that need not hold a whole table do. */
	static void read(String how, Connection connection, Path directory) throws Exception {
		List<String> wrong = new ArrayList<>(), types = new ArrayList<>();
		connection.setAutoCommit(false);
		for (Map.Entry<String, List<Column>> entry : COLUMNS.entrySet()) {
			List<String> got = new ArrayList<>(), wanted = Files.readAllLines(directory.resolve(entry.getKey() + ".tsv"));
			try (Statement statement = connection.createStatement()) {
				statement.setFetchSize(50);
				ResultSet row = statement.executeQuery("SELECT * FROM " + entry.getKey());
				checkTypes(entry.getKey(), row.getMetaData(), entry.getValue(), types);
				while (row.next()) {
					StringBuilder line = new StringBuilder();
					for (int i = 1; i <= entry.getValue().size(); i++) {
						Column column = entry.getValue().get(i - 1);
						Object value = row.getObject(i);
						if (value != null && !CLASSES.get(column.type()).isInstance(value)) {
							types.add(entry.getKey() + "." + column.name() + " gives " + value.getClass());
						}
						line.append(i > 1 ? "\t" : "").append(column.type().equals("interval") ? "?" : written(row, i, column));
					}
					got.add(line.toString());
				}
			}
			List<String> compared = new ArrayList<>();
			for (String line : wanted) {
				String[] fields = line.split("\t", -1);
				for (int i = 0; i < fields.length; i++) {
					if (entry.getValue().get(i).type().equals("interval")) {
						fields[i] = "?";
					}
				}
				compared.add(String.join("\t", fields));
			}
			Collections.sort(got);
			Collections.sort(compared);
			difference(got, compared).forEach(text -> wrong.add(entry.getKey() + ": " + text));
		}
		connection.rollback();
		connection.setAutoCommit(true);
		tell("JDBC (" + how + ") reads every table and view as it is", wrong);
		tell("JDBC (" + how + ") gives values of the right types", types);
	}

	static void checkTypes(String relation, ResultSetMetaData data, List<Column> columns, List<String> wrong) throws SQLException {
		for (int i = 1; i <= columns.size(); i++) {
			Column column = columns.get(i - 1);
			if (!data.getColumnName(i).equals(column.name())) {
				wrong.add(relation + " has a column " + data.getColumnName(i) + " for " + column.name());
			} else if (column.hasScale() && data.getScale(i) == 0) {
				wrong.add(relation + "." + column.name() + " has no decimals");
			} else if (CLASSES.get(column.type()) != Object.class && !CLASSES.get(column.type()).getName().equals(data.getColumnClassName(i))
				&& !column.type().equals("bytea")) {
				wrong.add(relation + "." + column.name() + " is said to be " + data.getColumnClassName(i));
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

	/** Two clients that ask the same, often enough for their drivers to prepare it, and are lent the same connection of the server by turns. */
	static void takeTurns(String how, String url, String user, String password) throws SQLException {
		List<String> wrong = new ArrayList<>();
		String text = "SELECT section FROM esn_section_overview WHERE country_code = ?";
		try (Connection one = DriverManager.getConnection(url, user, password); Connection two = DriverManager.getConnection(url, user, password);
			PreparedStatement first = one.prepareStatement(text); PreparedStatement second = two.prepareStatement(text)) {
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
		tell("JDBC (" + how + "): two clients may be lent one connection of the server by turns", wrong);
	}

	public static void main(String[] arguments) throws Exception {
		Path directory = Path.of(arguments[0]);
		readColumns(directory);
		for (int i = 3; i < arguments.length; i += 2) {
			String how = arguments[i], url = arguments[i + 1];
			try (Connection connection = DriverManager.getConnection(url, arguments[1], arguments[2])) {
				list(how, connection);
				read(how, connection, directory);
				write(how, connection);
			}
			takeTurns(how, url, arguments[1], arguments[2]);
		}
	}
}
