# The web gateway, built and installed by itself; Makefile hands `install-web` and `uninstall-web`
# over to it. It needs libmicrohttpd, libpq and zlib. Also works from another directory:
# make -f <here>/web.mk

srcdir ?= $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
BUILD ?= build/web
PKG_CONFIG ?= pkg-config
prefix ?= /usr/local
bindir ?= $(prefix)/bin

WEB_LIBRARIES = libmicrohttpd libpq zlib
WEB_CFLAGS = -std=gnu11 -D_GNU_SOURCE -pthread -Wall -Wextra -Wshadow -Wmissing-prototypes $(WERROR)
CFLAGS ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
WEB_OBJS = $(patsubst $(srcdir)/web/%.c,$(BUILD)/%.o,$(sort $(wildcard $(srcdir)/web/*.c)))

all: $(BUILD)/esn-pulse-web

$(BUILD)/%.o: $(srcdir)/web/%.c $(wildcard $(srcdir)/web/*.h) $(srcdir)/web.mk
	@mkdir -p $(@D)
	$(CC) $(WEB_CFLAGS) $(CFLAGS) $(CPPFLAGS) \
		$$($(PKG_CONFIG) --cflags $(WEB_LIBRARIES)) -c $< -o $@

$(BUILD)/esn-pulse-web: $(WEB_OBJS)
	$(CC) -pthread $(CFLAGS) $(LDFLAGS) $^ $$($(PKG_CONFIG) --libs $(WEB_LIBRARIES)) -o $@

install: all
	install -d '$(DESTDIR)$(bindir)'
	install -m 755 $(BUILD)/esn-pulse-web '$(DESTDIR)$(bindir)/esn-pulse-web'

uninstall:
	rm -f '$(DESTDIR)$(bindir)/esn-pulse-web'

.PHONY: all install uninstall
