/*
 * test_statistics.c: which JSON is a section's statistics. What is not understood is a problem of
 * the page, and never zeros.
 */
#include "page_expect.h"

#define URL ACTIVITIES "/organisation/esn-x/statistics"
#define LINK "<a href=/organisation/esn-x>ESN X</a>"
#define SCRIPT(json)                                                                  \
	"<script type='application/json' data-drupal-selector=drupal-settings-json>" json \
	"</script>" LINK
#define OBJECT(lists) "{\"path\":{},\"activities_statistics\":{" lists "}}"

static void
known_forms_are_taken(void **state)
{
	static const char *const objects[] = {
		OBJECT("\"total_activities\":{\"values\":[[\"Physical\",12],[\"Online\",\"3\"]]}"),
		OBJECT("\"total_activities\" : { \"a\": [1], \"values\" : [ [ \"P\" , 1 ] ] } "),
		OBJECT("\"total_causes\":{\"values\":[]},\"online_types\":[],\"physical_types\":null"),
		OBJECT("\"total_causes\":{\"values\":null},\"total_activities\":{}"),
		OBJECT("\"total_causes\":{\"values\":[\"Health\",[],[\"Culture\",1]]}"),
		OBJECT("\"total_causes\":{\"values\":[[\"]}\\\"\",1]]},\"other\":\"x\""),
		OBJECT("\"total_causes\":5,\"total_causes\":{\"values\":[[\"Culture\",1]]}"),
		OBJECT(""),
		"{\"activities_statistics\":[]}",
		"{\"activities_statistics\":null}",
		"{\"total_activities\":{\"values\":[]}}",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
	{
		const char *page = arena_printf(page_arena, SCRIPT("%s"), objects[i]);

		expect_parts(PAGE_STATISTICS, URL, page, "\"slug\":\"esn-x\",\"json\":\"{");
		expect_parts(PAGE_STATISTICS, URL, objects[i], "\"slug\":\"esn-x\",\"json\":\"{");
	}
}

static void
other_forms_are_a_problem(void **state)
{
	static const char *const objects[] = {
		OBJECT("\"total_activities\":[[\"Physical\",12],[\"Online\",3]]"),
		OBJECT("\"total_activities\":{\"Physical\":12,\"Online\":3}"),
		OBJECT("\"total_activities\":{\"values\":{\"Physical\":12}}"),
		OBJECT("\"total_activities\":{\"values\":[{\"label\":\"Physical\",\"count\":12}]}"),
		OBJECT("\"total_activities\":{\"values\":[\"Physical\",12]}"),
		OBJECT("\"total_activities\":{\"values\":[[\"Physical\"]]}"),
		OBJECT("\"total_activities\":{\"values\":[[{},{}]]}"),
		OBJECT("\"total_activities\":{\"values\":\"12\"}"),
		OBJECT("\"total_activities\":{\"rows\":[[\"Physical\",12]]}"),
		OBJECT("\"total_activities\":12"),
		OBJECT("\"total_causes\":{\"values\":[[\"Culture\",1]]},\"online_types\":\"none\""),
		OBJECT("\"activities\":{\"values\":[[\"Physical\",12]]}"),
		"{\"activities_statistics\":\"none\"}",
		"{\"activities_statistics\":[{\"total_activities\":{\"values\":[[\"P\",1]]}}]}",
		"{\"esn_statistics\":{\"total_activities\":{\"values\":[[\"Physical\",12]]}}}",
		"{\"esn\":{\"activities_statistics\":{\"total_activities\":{\"values\":[]}}}}",
		"{\"error\":\"total_activities\"}",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
	{
		static const char problem[] =
			"\"problem\":\"the page's statistics are not understood: the JSON ";

		expect_parts(PAGE_STATISTICS, URL, arena_printf(page_arena, SCRIPT("%s"), objects[i]),
					 problem);
		expect_parts(PAGE_STATISTICS, URL, objects[i], problem);
	}
}

/* Whether it is valid JSON, the database says. Nothing is read beyond its end. */
static void
broken_json_ends(void **state)
{
	const char *object =
		OBJECT("\"total_activities\":{\"values\":[[\"A\\\"\",1],{\"b\":2},[3,[4]]]},\"c\":null");
	TextBuffer deep;

	(void) state;
	for (size_t len = strlen(object) - 1; len > 25; len--)
		expect_parts(PAGE_STATISTICS, URL, arena_strndup(page_arena, object, len), "{\"kind\"");
	expect_parts(PAGE_STATISTICS, URL, "{\"total_activities\" 5}", "\"problem\"");
	expect_parts(PAGE_STATISTICS, URL, "{\"total_activities\":{\"values\":[[\"A\",1]]",
				 "\"json\":");
	expect_parts(PAGE_STATISTICS, URL, "{\"total_activities\"]:[}{]}", "\"json\":");
	buffer_init(&deep, page_arena);
	buffer_puts(&deep, "{\"total_activities\":{\"values\":");
	for (int i = 0; i < 200000; i++)
		buffer_putc(&deep, '[');
	expect_parts(PAGE_STATISTICS, URL, deep.data, "\"json\":");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_TEST(known_forms_are_taken),
		PAGE_TEST(other_forms_are_a_problem),
		PAGE_TEST(broken_json_ends),
	};

	return cmocka_run_group_tests_name("statistics", tests, pages_set_up, pages_tear_down);
}
