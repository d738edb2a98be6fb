/*
 * http_site.c: the server that misbehaves by path, and clients that ask it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http_site.h"

char base[64];
const char *const agents[2] = {"one", "two"};

static pid_t server;
static int server_input;

int
start_server(void **state)
{
	int in[2];
	int out[2];
	char port[16] = "";

	(void) state;
	if (pipe(in) != 0 || pipe(out) != 0)
		return -1;
	server = fork();
	if (server == 0)
	{
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execlp("python3", "python3", "test/unit/http_server.py", (char *) NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server_input = in[1];
	for (size_t len = 0; len < sizeof(port) - 1 && read(out[0], port + len, 1) == 1; len++)
	{
		if (port[len] == '\n')
			break;
	}
	snprintf(base, sizeof(base), "http://127.0.0.1:%d", atoi(port));
	return atoi(port) > 0 ? 0 : -1;
}

int
stop_server(void **state)
{
	(void) state;
	close(server_input);
	return waitpid(server, NULL, 0) == server ? 0 : -1;
}

HttpOptions
quick_options(void)
{
	return (HttpOptions){.origins = {base},
						 .max_parallel = 10,
						 .timeout_ms = 5000,
						 .max_retries = 3,
						 .retry_base_ms = 1,
						 .max_body = 1024 * 1024,
						 .user_agents = agents,
						 .user_agent_count = 2,
						 .seed = 7};
}

HttpClient *
open_client(const HttpOptions *options)
{
	char error[256];
	HttpClient *client = http_open(options, error, sizeof(error));

	if (client == NULL)
		fail_msg("%s", error);
	return client;
}

void
submit_as(HttpClient *client, const char *path, HttpRequest request)
{
	char url[256];

	snprintf(url, sizeof(url), "%s%s", path[0] == '/' ? base : "", path);
	request.url = url;
	assert_true(http_submit(client, &request));
}

void
submit(HttpClient *client, const char *path)
{
	submit_as(client, path, (HttpRequest){0});
}

void
submit_many(HttpClient *client, int count, const char *path)
{
	for (int i = 0; i < count; i++)
		submit(client, path);
}

HttpResponse *
wait_for_one(HttpClient *client)
{
	HttpResponse *response = NULL;
	time_t deadline = time(NULL) + 30;

	while ((response = http_next(client)) == NULL)
	{
		assert_true(time(NULL) < deadline);
		assert_true(http_wait(client, 1000, -1));
	}
	return response;
}

void
check_response(HttpClient *client, const Expected *expected)
{
	HttpResponse *response = wait_for_one(client);
	const char *said = response->outcome == HTTP_ANSWERED ? response->body : response->error;

	if (response->outcome != expected->outcome || response->status != expected->status ||
		response->attempts != expected->attempts || response->retryable != expected->retryable ||
		strstr(said, expected->says) == NULL)
		fail_msg("%s: outcome %d, status %d, %d attempts, can heal: %d, says \"%s\"",
				 expected->path, response->outcome, response->status, response->attempts,
				 response->retryable, said);
	http_release(response);
}

void
check_many(HttpClient *client, int count, const Expected *expected)
{
	for (int i = 0; i < count; i++)
		check_response(client, expected);
}
