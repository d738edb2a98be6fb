/*
 * html_internal.h: what the parts of the HTML parser share. Bytes become tokens (html_token.c, html_raw.c, html_reference.c, html_doctype.c), tokens
 * become elements by the rules of what is open (html_tree.c and the files of its insertion modes: html_head.c, html_body.c, html_table.c,
 * html_foreign.c), with the help of what all modes do to the elements that are open (html_stack.c, html_formatting.c).
 *
 * The words are those of the standard, https://html.spec.whatwg.org/multipage/parsing.html, scripting being off. Where Chromium, beside which the
 * trees are tested, departs from it, so do we, since it is in browsers that selectors are made; "Chromium:" tells where.
 */
#ifndef ESN_HTML_INTERNAL_H
#define ESN_HTML_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/html.h"

#define HTML_MAX_DEPTH 256
#define HTML_MAX_ATTRIBUTES 256
#define HTML_MAX_FORMATTING 512 /* entries of the list of active formatting elements */
#define HTML_MAX_COPIES \
	10000 /* elements that the page did not write, but that its misnested tags ask for */
#define HTML_MAX_COMPARED 10000000 /* attributes of formatting elements, with each other */
#define HTML_NAME_BITS 8           /* the cache of names has two to the power of that */

/* What an element is to the rules. */
#define SPECIAL 0x0001u
#define SCOPE 0x0002u        /* ends a scope */
#define TABLE_SCOPE 0x0004u  /* ends a table scope */
#define LIST_SCOPE 0x0008u   /* ends a list item scope */
#define BUTTON_SCOPE 0x0010u /* ends a button scope */
#define IMPLIED 0x0020u      /* its end tag can be implied */
#define HEADING 0x0080u      /* h1 to h6 */
#define TABLE_PART 0x0100u   /* caption, col, colgroup, tbody, td, tfoot, th, thead, tr */
#define TABLE_TEXT 0x0200u   /* text within it is no text of a table's */
#define BREAKOUT 0x0400u     /* its tag ends SVG and MathML */
#define HTML_POINT 0x0800u   /* an HTML integration point */
#define TEXT_POINT 0x1000u   /* a MathML text integration point */
#define ALL_SCOPES (SCOPE | LIST_SCOPE | BUTTON_SCOPE)

/* What a tag does where its insertion mode is that of the body. */
typedef enum BodyRule
{
	BODY_OTHER, /* any other tag */
	BODY_IGNORED,
	BODY_HEAD, /* as in the head */
	BODY_HTML,
	BODY_BODY,
	BODY_FRAMESET,
	BODY_BLOCK,
	BODY_HEADING,
	BODY_PRE,
	BODY_FORM,
	BODY_ITEM,
	BODY_PLAINTEXT,
	BODY_BUTTON,
	BODY_P,
	BODY_A,
	BODY_FORMATTING,
	BODY_NOBR,
	BODY_MARKER,
	BODY_TABLE,
	BODY_BR,
	BODY_VOID,
	BODY_INPUT,
	BODY_QUIET_VOID,
	BODY_HR,
	BODY_IMAGE,
	BODY_TEXTAREA,
	BODY_XMP,
	BODY_IFRAME,
	BODY_RAW,
	BODY_SELECT,
	BODY_OPTION,
	BODY_OPTGROUP,
	BODY_RUBY,
	BODY_RUBY_TEXT,
	BODY_FOREIGN
} BodyRule;

/*
 * The names that the standard knows, sorted: name, constant, what its elements are, the rule of its start tag and that of its end tag in the
 * body. Chromium: search is not special.
 */
#define HTML_TAGS(T)                                                                          \
	T("a", A, 0, BODY_A, BODY_FORMATTING)                                                     \
	T("address", ADDRESS, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                    \
	T("applet", APPLET, SPECIAL | ALL_SCOPES, BODY_MARKER, BODY_MARKER)                       \
	T("area", AREA, SPECIAL, BODY_VOID, BODY_OTHER)                                           \
	T("article", ARTICLE, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                    \
	T("aside", ASIDE, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                        \
	T("b", B, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                     \
	T("base", BASE, SPECIAL, BODY_HEAD, BODY_OTHER)                                           \
	T("basefont", BASEFONT, SPECIAL, BODY_HEAD, BODY_OTHER)                                   \
	T("bgsound", BGSOUND, SPECIAL, BODY_HEAD, BODY_OTHER)                                     \
	T("big", BIG, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                 \
	T("blockquote", BLOCKQUOTE, SPECIAL | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                   \
	T("body", BODY, SPECIAL | BREAKOUT, BODY_BODY, BODY_BODY)                                 \
	T("br", BR, SPECIAL | BREAKOUT, BODY_BR, BODY_BR)                                         \
	T("button", BUTTON, SPECIAL | BUTTON_SCOPE, BODY_BUTTON, BODY_BLOCK)                      \
	T("caption", CAPTION, SPECIAL | ALL_SCOPES | TABLE_PART, BODY_IGNORED, BODY_OTHER)        \
	T("center", CENTER, SPECIAL | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                           \
	T("code", CODE, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                               \
	T("col", COL, SPECIAL | TABLE_PART, BODY_IGNORED, BODY_OTHER)                             \
	T("colgroup", COLGROUP, SPECIAL | TABLE_PART, BODY_IGNORED, BODY_OTHER)                   \
	T("dd", DD, SPECIAL | IMPLIED | BREAKOUT, BODY_ITEM, BODY_ITEM)                           \
	T("details", DETAILS, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                    \
	T("dialog", DIALOG, 0, BODY_BLOCK, BODY_BLOCK)                                            \
	T("dir", DIR, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                            \
	T("div", DIV, SPECIAL | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                                 \
	T("dl", DL, SPECIAL | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                                   \
	T("dt", DT, SPECIAL | IMPLIED | BREAKOUT, BODY_ITEM, BODY_ITEM)                           \
	T("em", EM, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                   \
	T("embed", EMBED, SPECIAL | BREAKOUT, BODY_VOID, BODY_OTHER)                              \
	T("fieldset", FIELDSET, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                  \
	T("figcaption", FIGCAPTION, SPECIAL, BODY_BLOCK, BODY_BLOCK)                              \
	T("figure", FIGURE, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                      \
	T("font", FONT, 0, BODY_FORMATTING, BODY_FORMATTING)                                      \
	T("footer", FOOTER, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                      \
	T("form", FORM, SPECIAL, BODY_FORM, BODY_FORM)                                            \
	T("frame", FRAME, SPECIAL, BODY_IGNORED, BODY_OTHER)                                      \
	T("frameset", FRAMESET, SPECIAL, BODY_FRAMESET, BODY_OTHER)                               \
	T("h1", H1, SPECIAL | HEADING | BREAKOUT, BODY_HEADING, BODY_HEADING)                     \
	T("h2", H2, SPECIAL | HEADING | BREAKOUT, BODY_HEADING, BODY_HEADING)                     \
	T("h3", H3, SPECIAL | HEADING | BREAKOUT, BODY_HEADING, BODY_HEADING)                     \
	T("h4", H4, SPECIAL | HEADING | BREAKOUT, BODY_HEADING, BODY_HEADING)                     \
	T("h5", H5, SPECIAL | HEADING | BREAKOUT, BODY_HEADING, BODY_HEADING)                     \
	T("h6", H6, SPECIAL | HEADING | BREAKOUT, BODY_HEADING, BODY_HEADING)                     \
	T("head", HEAD, SPECIAL | BREAKOUT, BODY_IGNORED, BODY_OTHER)                             \
	T("header", HEADER, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                      \
	T("hgroup", HGROUP, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                      \
	T("hr", HR, SPECIAL | BREAKOUT, BODY_HR, BODY_OTHER)                                      \
	T("html", HTML, SPECIAL | ALL_SCOPES | TABLE_SCOPE, BODY_HTML, BODY_HTML)                 \
	T("i", I, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                     \
	T("iframe", IFRAME, SPECIAL, BODY_IFRAME, BODY_OTHER)                                     \
	T("image", IMAGE, 0, BODY_IMAGE, BODY_OTHER)                                              \
	T("img", IMG, SPECIAL | BREAKOUT, BODY_VOID, BODY_OTHER)                                  \
	T("input", INPUT, SPECIAL, BODY_INPUT, BODY_OTHER)                                        \
	T("keygen", KEYGEN, SPECIAL, BODY_VOID, BODY_OTHER)                                       \
	T("li", LI, SPECIAL | IMPLIED | BREAKOUT, BODY_ITEM, BODY_ITEM)                           \
	T("link", LINK, SPECIAL, BODY_HEAD, BODY_OTHER)                                           \
	T("listing", LISTING, SPECIAL | BREAKOUT, BODY_PRE, BODY_BLOCK)                           \
	T("main", MAIN, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                          \
	T("marquee", MARQUEE, SPECIAL | ALL_SCOPES, BODY_MARKER, BODY_MARKER)                     \
	T("math", MATH, 0, BODY_FOREIGN, BODY_OTHER)                                              \
	T("menu", MENU, SPECIAL | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                               \
	T("meta", META, SPECIAL | BREAKOUT, BODY_HEAD, BODY_OTHER)                                \
	T("nav", NAV, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                            \
	T("nobr", NOBR, BREAKOUT, BODY_NOBR, BODY_FORMATTING)                                     \
	T("noembed", NOEMBED, SPECIAL, BODY_RAW, BODY_OTHER)                                      \
	T("noframes", NOFRAMES, SPECIAL, BODY_HEAD, BODY_OTHER)                                   \
	T("noscript", NOSCRIPT, SPECIAL, BODY_OTHER, BODY_OTHER)                                  \
	T("object", OBJECT, SPECIAL | ALL_SCOPES, BODY_MARKER, BODY_MARKER)                       \
	T("ol", OL, SPECIAL | LIST_SCOPE | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                      \
	T("optgroup", OPTGROUP, IMPLIED, BODY_OPTGROUP, BODY_OTHER)                               \
	T("option", OPTION, IMPLIED, BODY_OPTION, BODY_OTHER)                                     \
	T("p", P, SPECIAL | IMPLIED | BREAKOUT, BODY_BLOCK, BODY_P)                               \
	T("param", PARAM, SPECIAL, BODY_QUIET_VOID, BODY_OTHER)                                   \
	T("plaintext", PLAINTEXT, SPECIAL, BODY_PLAINTEXT, BODY_OTHER)                            \
	T("pre", PRE, SPECIAL | BREAKOUT, BODY_PRE, BODY_BLOCK)                                   \
	T("rb", RB, IMPLIED, BODY_RUBY, BODY_OTHER)                                               \
	T("rp", RP, IMPLIED, BODY_RUBY_TEXT, BODY_OTHER)                                          \
	T("rt", RT, IMPLIED, BODY_RUBY_TEXT, BODY_OTHER)                                          \
	T("rtc", RTC, IMPLIED, BODY_RUBY, BODY_OTHER)                                             \
	T("ruby", RUBY, BREAKOUT, BODY_OTHER, BODY_OTHER)                                         \
	T("s", S, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                     \
	T("script", SCRIPT, SPECIAL, BODY_HEAD, BODY_OTHER)                                       \
	T("search", SEARCH, 0, BODY_BLOCK, BODY_BLOCK)                                            \
	T("section", SECTION, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                    \
	T("select", SELECT, SPECIAL | ALL_SCOPES, BODY_SELECT, BODY_BLOCK)                        \
	T("small", SMALL, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                             \
	T("source", SOURCE, SPECIAL, BODY_QUIET_VOID, BODY_OTHER)                                 \
	T("span", SPAN, BREAKOUT, BODY_OTHER, BODY_OTHER)                                         \
	T("strike", STRIKE, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                           \
	T("strong", STRONG, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                           \
	T("style", STYLE, SPECIAL, BODY_HEAD, BODY_OTHER)                                         \
	T("sub", SUB, BREAKOUT, BODY_OTHER, BODY_OTHER)                                           \
	T("summary", SUMMARY, SPECIAL, BODY_BLOCK, BODY_BLOCK)                                    \
	T("sup", SUP, BREAKOUT, BODY_OTHER, BODY_OTHER)                                           \
	T("svg", SVG, 0, BODY_FOREIGN, BODY_OTHER)                                                \
	T("table", TABLE, SPECIAL | ALL_SCOPES | TABLE_SCOPE | TABLE_TEXT | BREAKOUT, BODY_TABLE, \
	  BODY_OTHER)                                                                             \
	T("tbody", TBODY, SPECIAL | TABLE_PART | TABLE_TEXT, BODY_IGNORED, BODY_OTHER)            \
	T("td", TD, SPECIAL | ALL_SCOPES | TABLE_PART, BODY_IGNORED, BODY_OTHER)                  \
	T("template", TEMPLATE, SPECIAL | ALL_SCOPES | TABLE_SCOPE, BODY_HEAD, BODY_HEAD)         \
	T("textarea", TEXTAREA, SPECIAL, BODY_TEXTAREA, BODY_OTHER)                               \
	T("tfoot", TFOOT, SPECIAL | TABLE_PART | TABLE_TEXT, BODY_IGNORED, BODY_OTHER)            \
	T("th", TH, SPECIAL | ALL_SCOPES | TABLE_PART, BODY_IGNORED, BODY_OTHER)                  \
	T("thead", THEAD, SPECIAL | TABLE_PART | TABLE_TEXT, BODY_IGNORED, BODY_OTHER)            \
	T("title", TITLE, SPECIAL, BODY_HEAD, BODY_OTHER)                                         \
	T("tr", TR, SPECIAL | TABLE_PART | TABLE_TEXT, BODY_IGNORED, BODY_OTHER)                  \
	T("track", TRACK, SPECIAL, BODY_QUIET_VOID, BODY_OTHER)                                   \
	T("tt", TT, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                   \
	T("u", U, BREAKOUT, BODY_FORMATTING, BODY_FORMATTING)                                     \
	T("ul", UL, SPECIAL | LIST_SCOPE | BREAKOUT, BODY_BLOCK, BODY_BLOCK)                      \
	T("var", VAR, BREAKOUT, BODY_OTHER, BODY_OTHER)                                           \
	T("wbr", WBR, SPECIAL, BODY_VOID, BODY_OTHER)                                             \
	T("xmp", XMP, SPECIAL, BODY_XMP, BODY_OTHER)

#define HTML_TAG_CONSTANT(name, constant, flags, start, end) TAG_##constant,

typedef enum Tag
{
	TAG_NONE, /* a name that the standard does not know, or an element of SVG or MathML */
	HTML_TAGS(HTML_TAG_CONSTANT) TAG_COUNT
} Tag;

typedef struct TagInfo
{
	const char *name;
	unsigned flags;
	BodyRule start;
	BodyRule end;
} TagInfo;

extern const char html_too_many_attributes[];
extern const char html_too_deep[];

/* By Tag. */
extern const TagInfo html_tags[TAG_COUNT];

typedef enum Namespace
{
	NS_HTML,
	NS_SVG,
	NS_MATHML
} Namespace;

/* Every element of a tree is one of these. */
typedef struct Element
{
	HtmlNode node; /* first, so that each can be taken for the other */
	Tag tag;
	Namespace ns;
	unsigned flags;
} Element;

/* A name of a tag or an attribute, once for many. */
typedef struct Name
{
	const char *text;    /* in lower case, in the arena */
	const char *written; /* on the page */
	size_t len;          /* 0: none is here yet */
	uint64_t first;      /* its first eight bytes as they are written, or all, packed */
	uint64_t last;       /* its last eight; 0: it has fewer */
	Tag tag;
} Name;

typedef enum TokenKind
{
	TOKEN_START,
	TOKEN_END,
	TOKEN_TEXT,
	TOKEN_COMMENT, /* of which nobody asks what it says */
	TOKEN_DOCTYPE,
	TOKEN_EOF
} TokenKind;

typedef struct Token
{
	TokenKind kind;
	/* of a tag */
	const char *name; /* in the arena */
	Tag tag;
	HtmlAttribute *attributes; /* of a start tag, each name once */
	bool self_closing;
	/* of a text: never empty, not terminated, valid until the next token */
	const char *text;
	size_t len;
	bool quirks; /* of a document type: it asks for the quirks mode */
} Token;

/* How what comes is to be read. */
typedef enum Content
{
	CONTENT_DATA,
	CONTENT_RCDATA,  /* text with character references, up to the end tag */
	CONTENT_RAWTEXT, /* text up to the end tag */
	CONTENT_SCRIPT,
	CONTENT_PLAINTEXT
} Content;

typedef struct Tokenizer
{
	Arena *arena;
	const char *at;
	const char *end;
	Content content;
	const char *raw_name; /* whose end tag ends a content that isn't data */
	bool is_foreign;      /* so that <![CDATA[ is one */
	bool in_cdata;
	const char *problem;             /* why the page cannot be read on; NULL: none */
	char decoded[8];                 /* a character reference's text */
	Name names[1 << HTML_NAME_BITS]; /* each where its hash puts it */
} Tokenizer;

/* The next token; TOKEN_EOF at the end, again and again. */
extern void html_next_token(Tokenizer *tokenizer, Token *token);

/*
 * Of content that is no data: the text from here on, in the token; false: there is none, as the end tag is at hand. RCDATA's may be a part.
 */
extern bool html_raw_text_token(Tokenizer *tokenizer, Token *token);

/* A character reference, with '&' at hand: what it stands for, in the token; false: it is none, but text. */
extern bool html_reference_token(Tokenizer *tokenizer, Token *token);

/* "<!", "<?" or "</", with '<' at hand: a comment, or a document type. */
extern void html_declaration_token(Tokenizer *tokenizer, Token *token);

/*
 * Decodes the character reference at s, which is '&', into out: at most 8 bytes of UTF-8, *len of them. Returns what stands behind it; s: it
 * is none, but text. In an attribute's value fewer are one.
 */
extern const char *html_reference(const char *s, const char *end, bool in_attribute, char *out,
								  size_t *len);

static inline bool
html_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

static inline void
html_skip_space(Tokenizer *tokenizer)
{
	while (tokenizer->at < tokenizer->end && html_is_space(*tokenizer->at))
		tokenizer->at++;
}

typedef enum Mode
{
	MODE_INITIAL,
	MODE_BEFORE_HTML,
	MODE_BEFORE_HEAD,
	MODE_IN_HEAD,
	MODE_IN_HEAD_NOSCRIPT,
	MODE_AFTER_HEAD,
	MODE_IN_BODY,
	MODE_TEXT,
	MODE_IN_TABLE,
	MODE_IN_TABLE_TEXT,
	MODE_IN_CAPTION,
	MODE_IN_COLUMN_GROUP,
	MODE_IN_TABLE_BODY,
	MODE_IN_ROW,
	MODE_IN_CELL,
	MODE_IN_TEMPLATE,
	MODE_AFTER_BODY,
	MODE_IN_FRAMESET,
	MODE_AFTER_FRAMESET,
	MODE_AFTER_AFTER_BODY,
	MODE_AFTER_AFTER_FRAMESET
} Mode;

typedef struct Parser
{
	Arena *arena;
	Tokenizer tokenizer;
	HtmlNode *document;
	Element *stack[HTML_MAX_DEPTH]; /* of open elements, the html element first */
	int depth;
	Element *formatting[HTML_MAX_FORMATTING]; /* active formatting elements; NULL: a marker */
	int formatting_count;
	Mode templates[HTML_MAX_DEPTH]; /* the stack of template insertion modes */
	int template_count;
	Mode mode;
	Mode original_mode;
	Element *head;
	Element *form;
	TextBuffer table_text; /* what is pending */
	int copies;
	int compared; /* attributes of formatting elements with each other */
	bool quirks;
	bool frameset_ok;
	bool foster_parenting;
	bool skip_newline; /* where a text begins with one it is left out */
	const char *problem;
} Parser;

static inline Element *
html_current(const Parser *parser)
{
	return parser->stack[parser->depth - 1];
}

/* Where a node goes: below parent, before that child; NULL: last. */
typedef struct Place
{
	HtmlNode *parent;
	HtmlNode *before;
} Place;

/* html_stack.c */
extern Place html_place(const Parser *parser, Element *target);
extern void html_attach(Place place, HtmlNode *node);
extern void html_detach(HtmlNode *node);
extern Element *html_create(Parser *parser, const Token *token, Namespace ns);
extern void html_push(Parser *parser, Element *element);
extern Element *html_open(Parser *parser, Element *element);
extern Element *html_insert(Parser *parser, const Token *token);
extern void html_insert_void(Parser *parser, const Token *token);
extern Element *html_insert_foreign(Parser *parser, const Token *token, Namespace ns);
extern Element *html_insert_name(Parser *parser, Tag tag);
extern void html_insert_text(Parser *parser, const char *text, size_t len);
extern void html_add_attributes(Parser *parser, Element *element, const Token *token);
extern bool html_is_open(const Parser *parser, Tag tag);
extern int html_stack_place(const Parser *parser, const Element *element);
extern bool html_in_scope(const Parser *parser, Tag tag, unsigned scope);
extern bool html_element_in_scope(const Parser *parser, const Element *element);
extern bool html_any_in_scope(const Parser *parser, unsigned kind, unsigned scope);
extern void html_pop(Parser *parser);
extern void html_pop_until(Parser *parser, Tag tag);
extern void html_pop_until_any(Parser *parser, unsigned flags);
extern void html_remove_open(Parser *parser, const Element *element);
extern void html_imply_ends(Parser *parser, Tag except);
extern void html_close_p(Parser *parser);

/* html_formatting.c */
extern void html_push_marker(Parser *parser);
extern void html_push_formatting(Parser *parser, Element *element);
extern void html_clear_to_marker(Parser *parser);
extern void html_reconstruct(Parser *parser);
extern Element *html_formatting_since_marker(const Parser *parser, Tag tag);
extern void html_remove_formatting(Parser *parser, const Element *element);
extern void html_adopt(Parser *parser, const Token *token);

/* Rules of insertion modes; each returns whether the token is dealt with: false: to be processed again, in the mode that is then set. */
extern bool html_initial(Parser *parser, Token *token);
extern bool html_before_html(Parser *parser, Token *token);
extern bool html_before_head(Parser *parser, Token *token);
extern bool html_in_head(Parser *parser, Token *token);
extern bool html_in_head_noscript(Parser *parser, Token *token);
extern bool html_after_head(Parser *parser, Token *token);
extern bool html_in_body(Parser *parser, Token *token);
extern bool html_after_body(Parser *parser, Token *token);
extern bool html_in_frameset(Parser *parser, Token *token);
extern bool html_in_foreign(Parser *parser, Token *token);
extern bool html_in_table(Parser *parser, Token *token);
extern bool html_in_table_text(Parser *parser, Token *token);
extern bool html_in_caption(Parser *parser, Token *token);
extern bool html_in_column_group(Parser *parser, Token *token);
extern bool html_in_table_body(Parser *parser, Token *token);
extern bool html_in_row(Parser *parser, Token *token);
extern bool html_in_cell(Parser *parser, Token *token);
extern bool html_in_template(Parser *parser, Token *token);

/* Whether in an element of SVG or MathML the rules for such hold for what is next, not those of the mode. */
extern bool html_is_foreign(const Parser *parser, const Token *token);

/* By the mode that is set. */
extern bool html_process_by_mode(Parser *parser, Token *token);

/* Keeps white space as it is; false: the token is something else. */
extern bool html_keep_blank(Parser *parser, const Token *token);

/* A text; where it is more than white space, no frameset can follow. */
extern void html_insert_content(Parser *parser, const Token *token);

/* Any other end tag, in the body. */
extern void html_other_end(Parser *parser, const Token *token);

/* Sets the insertion mode that fits what is open. */
extern void html_reset_mode(Parser *parser);

/* An element whose content is text up to its end tag. */
extern void html_insert_raw(Parser *parser, const Token *token, Content content);

/* The attribute of a token that has this name, or NULL. */
extern const char *html_token_attribute(const Token *token, const char *name);

/* An <input> that nobody sees. */
extern bool html_is_hidden_input(const Token *token);

static inline bool
html_is_tag(const Token *token, TokenKind kind, Tag tag)
{
	return token->kind == kind && token->tag == tag;
}

/* A text token whose first character is white space. */
static inline bool
html_is_blank(const Token *token)
{
	return token->kind == TOKEN_TEXT && html_is_space(*token->text);
}

#endif
