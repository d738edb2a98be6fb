/*
 * announce.c: see announce.h.
 */
#include "page/announce.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

#define MAX_WORDS 5      /* looked at before a number */
#define MAX_SEPARATORS 8 /* bytes between two words */
#define MAX_TAG 200      /* bytes of a tag between a word and the number */
#define MAX_TAGS 3       /* of them between two words */

/* What stands between a word and the number. */
typedef struct Between
{
	bool digits;
	int names;
} Between;

static const char *const telephone_words[] = {
	/* English, and what most languages write */
	"tel", "tele", "telephone", "phone", "mobile", "mob", "cell", "cellphone", "gsm", "fax", "call",
	"text", "sms", "contact", "signal", "whatsapp", "whats", "wapp", "wa", "telegram", "viber",
	/* German, Dutch, the languages of the North */
	"telefon", "telefonnummer", "telefonnr", "mobil", "mobiltelefon", "mobilnummer", "mobilnr",
	"handy", "handynummer", "handynr", "rufnummer", "anrufen", "ruf", "kontakt", "telefoon",
	"telefoonnummer", "mobiel", "gsmnummer", "bel", "tlf", "tlfnr", "ring", "matkapuhelin",
	"puhelin", "puhelinnumero", "puh", "kannykka", "simi", "simanumer", "gsmnr",
	/* Italian, Spanish, Catalan, Portuguese, French, Romanian */
	"telefono", "cellulare", "chiama", "chiamaci", "chiamare", "contatto", "contatti", "movil",
	"tfno", "tfn", "tlfn", "celular", "llama", "llamanos", "llamar", "contacto", "mobilni",
	"telefone", "telemovel", "tlm", "tlmv", "ligar", "liga", "contato", "portable", "appelez",
	"appeler", "telefonul", "sunati", "suna", "trucar", "truca",
	/* Polish, Czech, Slovak, Hungarian, the languages of the Baltic and the Balkans, Turkish */
	"komorkowy", "komorka", "kom", "zadzwon", "dzwon", "telefonu", "mobilu", "volejte", "zavolej",
	"telefonszam", "telefonszama", "telefona", "telefonas", "talrunis", "talr", "mobilus",
	"mobilais", "mobiltelefonszam", "nazovi", "nazovite", "pozovi", "mobitel", "telefoni", "cep",
	"telefonu", "arayin", "ara", "arayiniz", "kontaktujte", "iletisim", "celulari",
	/* Greek and Cyrillic */
	"τηλ", "τηλεφωνο", "τηλεφωνα", "κινητο", "κιν", "τηλεφωνου", "επικοινωνια", "тел", "телефон",
	"моб", "мобилен", "мобильный", "мобільний", "телефони", "телефону", "мобилни", NULL};

static const char *const other_words[] = {
	/* accounts and registers */
	"iban", "bic", "swift", "account", "konto", "conto", "cuenta", "vat", "iva", "tva", "btw",
	"mwst", "ust", "ustid", "ustidnr", "moms", "dph", "pdv", "afa", "kdv", "piva", "cf", "fiscale",
	"fiscal", "nif", "cif", "nipc", "nip", "regon", "krs", "pesel", "kvk", "kbo", "bce", "siret",
	"siren", "rcs", "kontonummer", "kontonr", "kontonum", "blz", "kaart", "rekening",
	"rekeningnummer", "conta", "pi", "vol", "volume", "catalogue", "rna", "ico", "dic", "cui",
	"oib", "mbs", "uid", "zvr", "hrb", "vr", "tax", "steuernummer", "registernummer",
	"registration", "register", "registre", "registro", "org", "orgnr", "organisationsnummer",
	"cvr", "αφμ", "инн", "еик", "адрпоу",
	/* publications, projects, orders */
	"isbn", "issn", "ean", "doi", "orcid", "pic", "oid", "project", "projekt", "progetto",
	"proyecto", "projet", "grant", "agreement", "contract", "ref", "reference", "order", "invoice",
	"ticket", "booking", "case", "code", "codice", "codigo", "passcode", "password", "pin", "id",
	"member", "membership", "student", "matricola", "serial", "version", "no-reply", NULL};

/* They say nothing themselves: what is before them decides. */
static const char *const filling_words[] = {
	"number", "numbers", "no",       "nr",   "num",    "numero",   "nummer",  "numer", "numar",
	"broj",   "cislo",   "stevilka", "szam", "numara", "numarasi", "αριθμος", "номер", "line",
	"me",     "nas",     "oss",      "os",   "meg",    "minket",   "ons",     "nam",   "mi",
	"person", "us",      "at",       "on",   "is",     "to",       "my",      "our",   "the",
	"al",     "a",       "il",       "lo",   "la",     "le",       "el",      "au",    "o",
	"ao",     "para",    "di",       "de",   "ci",     "nos",      "su",      "uns",   "mich",
	"an",     "unter",   "under",    "op",   "pe",     "na",       "pod",     "via",   "or",
	"10",     "13",      NULL};

/* The letter of Latin-1 and Latin Extended-A, U+00C0 to U+017F, without its accent. */
static const char latin_letters[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts"
									"aaaaaaaceeeeiiiidnooooo*ouuuuyty"
									"aaaaaaccccccccddddeeeeeeeeeegggg"
									"gggghhhhiiiiiiiiiiiijjkkklllllll"
									"lllnnnnnnnnnoooooooorrrrrrssssss"
									"ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

bool
is_letter_byte(const char *s, size_t at)
{
	size_t first = at;

	if ((s[at] & 0x80) == 0)
		return ascii_is_alnum(s[at]);
	while (first > 0 && at - first < 3 && (s[first] & 0xc0) == 0x80)
		first--;
	return s[first] != '\xe2' || (s[first + 1] != '\x80' && s[first + 1] != '\x81');
}

/* A character of two bytes in lower case and without its accent. */
static uint32_t
fold_letter(uint32_t c)
{
	static const uint16_t vowels[][2] = {{0x386, 0x3b1}, {0x388, 0x3b5}, {0x389, 0x3b7},
										 {0x38a, 0x3b9}, {0x38c, 0x3bf}, {0x38e, 0x3c5},
										 {0x38f, 0x3c9}, {0x3ac, 0x3b1}, {0x3ad, 0x3b5},
										 {0x3ae, 0x3b7}, {0x3af, 0x3b9}, {0x3cc, 0x3bf},
										 {0x3cd, 0x3c5}, {0x3ce, 0x3c9}};

	if (c >= 0xc0 && c < 0x180)
		return (unsigned char) latin_letters[c - 0xc0];
	if (c == 0x219 || c == 0x218)
		return 's';
	if (c == 0x21b || c == 0x21a)
		return 't';
	if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	for (size_t i = 0; i < sizeof(vowels) / sizeof(vowels[0]); i++)
	{
		if (c == vowels[i][0])
			return vowels[i][1];
	}
	return c;
}

void
fold_word(const char *s, size_t len, char out[FOLDED_WORD])
{
	size_t written = 0;

	for (size_t i = 0; i < len; i++)
	{
		if (written + 4 >= FOLDED_WORD)
		{
			written = 0;
			break;
		}
		if ((s[i] & 0xe0) == 0xc0 && i + 1 < len)
		{
			written += text_encode(fold_letter((uint32_t) (s[i] & 0x1f) << 6 |
											   (uint32_t) (s[i + 1] & 0x3f)),
								   out + written);
			i++;
		}
		else if (s[i] != '.')
			out[written++] = ascii_lower(s[i]);
	}
	out[written] = '\0';
}

bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
	{
		if (text_equal(word, *list))
			return true;
	}
	return false;
}

/* Whether the bytes before s + end are these. */
static bool
ends_with(const char *s, size_t end, const char *bytes)
{
	size_t len = strlen(bytes);

	return end >= len && memcmp(s + end - len, bytes, len) == 0;
}

/* The end of what is before a tag, such as that of "Tel:" in "Tel:</b> 555". */
static size_t
before_tag(const char *s, size_t end)
{
	size_t begin = end;

	if (end == 0 || s[end - 1] != '>')
		return end;
	while (begin > 0 && end - begin < MAX_TAG && s[begin - 1] != '<')
		begin--;
	return begin > 0 && s[begin - 1] == '<' ? begin - 1 : end;
}

/* The end of the word before s + end, without the separators after it. */
static size_t
word_end(const char *s, size_t end, bool commas)
{
	size_t at = end;
	int tags = 0;

	while (at > 0 && end - at < MAX_SEPARATORS)
	{
		if (strchr(" .:-()[]/=|\"'\t\r\n", s[at - 1]) != NULL || (commas && s[at - 1] == ','))
			at--;
		else if (ends_with(s, at, "\xc2\xa0"))
			at -= 2;
		else if (ends_with(s, at, "\xef\xb8\x8f") || ends_with(s, at, "\xe2\x80\x93"))
			at -= 3; /* U+FE0F after a picture; U+2013 */
		else if (tags++ < MAX_TAGS && before_tag(s, at) < at)
			at = end = before_tag(s, at);
		else
			break;
	}
	return at;
}

/* Whether the text before s + end is a picture of a telephone. */
static bool
ends_with_picture(const char *s, size_t end)
{
	static const char *const pictures[] = {"☎", "✆", "📞", "📱", "📲", "🕿", "☏"};

	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
	{
		if (ends_with(s, end, pictures[i]))
			return true;
	}
	return false;
}

/* The beginning of the word that ends at s + end, with the dots of an abbreviation as "C.F". */
static size_t
word_begin(const char *s, size_t end)
{
	size_t begin = end;

	while (begin > 0 && end - begin < FOLDED_WORD && is_letter_byte(s, begin - 1))
		begin--;
	if (end - begin == 1 && begin > 1 && s[begin - 1] == '.' && ascii_is_letter(s[begin - 2]) &&
		(begin == 2 || !is_letter_byte(s, begin - 3)))
		begin -= 2;
	return begin;
}

/* Whether the word is the mark of a number that was redacted: "[telephone]". */
static bool
is_mark(const char *s, size_t begin, size_t end)
{
	return begin > 0 && s[begin - 1] == '[' && s[end] == ']' &&
		   strncmp(s + begin, "telephone", end - begin) == 0;
}

/* Whether the word is a country's code, as in "VAT BE 0123". */
static bool
is_code_of_country(const char *s, size_t len)
{
	return len == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z';
}

/* Whether the word can be a person's name: it begins with a capital letter and goes on in small. */
static bool
is_name(const char *s, size_t len)
{
	bool capital = (s[0] >= 'A' && s[0] <= 'Z') || (s[0] & 0x80) != 0;

	for (size_t i = 1; capital && i < len; i++)
		capital = (s[i] & 0x80) != 0 || (s[i] >= 'a' && s[i] <= 'z');
	return capital && len > 1;
}

/* What one word says; *between: what stands between it and the number. */
static Announcement
announcement_of(const char *s, size_t begin, size_t end, Between *between)
{
	char word[FOLDED_WORD];
	bool one_digit;

	if (ends_with_picture(s, end))
		return between->digits ? ANNOUNCED_NOTHING : ANNOUNCED_TELEPHONE;
	fold_word(s + begin, end - begin, word);
	if (begin == end || *word == '\0' || is_mark(s, begin, end))
		return ANNOUNCED_NOTHING;
	one_digit = end - begin == 1 && s[end] == ':';
	if (strspn(word, "0123456789") == strlen(word))
		between->digits = between->digits || !(one_digit || is_one_of(word, filling_words));
	else if (is_one_of(word, telephone_words))
		return between->digits       ? ANNOUNCED_NOTHING
			   : between->names == 0 ? ANNOUNCED_TELEPHONE
									 : ANNOUNCED_PERSON;
	else if (is_one_of(word, other_words))
		return between->names == 0 ? ANNOUNCED_OTHER : ANNOUNCED_NOTHING;
	else if (is_name(s + begin, end - begin) && between->names < 2)
		between->names++;
	else if (!is_one_of(word, filling_words) && !is_code_of_country(s + begin, end - begin))
		return ANNOUNCED_NOTHING;
	return ANNOUNCED_UNDECIDED;
}

Announcement
announcement_before(const char *s, size_t at)
{
	Between between = {0};

	for (int i = 0; i < MAX_WORDS; i++)
	{
		size_t end = word_end(s, at, between.names > 0 || i == 0);
		size_t begin = word_begin(s, end);
		Announcement announcement = announcement_of(s, begin, end, &between);

		if (announcement != ANNOUNCED_UNDECIDED)
			return announcement;
		at = begin;
	}
	return ANNOUNCED_NOTHING;
}

bool
announcement_after(const char *s)
{
	char word[FOLDED_WORD];
	size_t len = 0;

	s += *s == ' ';
	if (*s++ != '(')
		return false;
	while (len < FOLDED_WORD && s[len] != '\0' && is_letter_byte(s, len))
		len++;
	fold_word(s, len, word);
	return s[len] == ')' && is_one_of(word, telephone_words);
}
