// The words of the page in its two languages, side by side: key: [English, Turkish]. {n} and other
// names in braces stand for values. Where a form follows "|", it is that for any number but one.
// Below them are the formats of numbers and dates of each language.

const WORDS = {
	language: ["en", "tr"],
	locale: ["en-GB", "tr-TR"],
	title: ["{name} \u2013 ESN Pulse report", "{name} \u2013 ESN Pulse raporu"],
	network: ["The whole network", "Bütün ağ"],
	all_sections: ["All sections", "Bütün şubeler"],
	as_of: ["As of ", "Tarih: "],
	n_activities: ["{n} activity|{n} activities", "{n} etkinlik"],
	n_sections: ["{n} section|{n} sections", "{n} şube"],
	n_countries: ["{n} country|{n} countries", "{n} ülke"],
	n_days: ["{n} day|{n} days", "{n} gün"],
	sections_in: ["{sections} in {countries}", "{countries}, {sections}"],

	empty: ["There is no data yet.", "Henüz veri yok."],
	empty_what: ["Nothing has been read from the two sites so far.",
		"İki siteden henüz hiçbir şey okunmadı."],
	empty_how: ["Whoever looks after this database can start that, and make this report again.",
		"Bu veritabanına bakan kişi okumayı başlatıp raporu yeniden oluşturabilir."],
	unread: ["This report is not complete.", "Bu rapor eksik."],
	unread_n: ["{n} of {all} sections has not been read yet, so its activities are missing here."
		+ "|{n} of {all} sections have not been read yet, so their activities are missing here.",
		"{all} şubeden {n} tanesi henüz okunmadı; onların etkinlikleri burada yok."],
	unread_one: ["The activities of this section have not been read yet.",
		"Bu şubenin etkinlikleri henüz okunmadı."],
	unchecked_n: ["Of {n} more it is not known yet whether they are on the activities site.",
		"{n} şubenin daha etkinlik sitesinde olup olmadığı henüz bilinmiyor."],
	none: ["No activity counts here.", "Burada sayılan etkinlik yok."],
	none_unknown: ["The activities site does not know this section, so a zero means not known.",
		"Etkinlik sitesi bu şubeyi tanımıyor; sıfır, bilinmiyor demektir."],
	none_entered: ["The activities site has been read, and shows none.",
		"Etkinlik sitesi okundu, hiç etkinlik göstermiyor."],

	headline: ["Headline figures", "Başlıca sayılar"],
	activities_held: ["activity held|activities held", "yapılan etkinlik"],
	since: ["since {year}; {share} online", "{year} yılından beri; {share} çevrim içi"],
	none_held: ["none yet", "henüz yok"],
	year_activities: ["activities held in 12 months", "son 12 ayda yapılan etkinlik"],
	year_participants: ["participants in 12 months", "son 12 ayda katılımcı"],
	participants_held: ["participants of those held", "yapılanlarda katılımcı"],
	each: ["{n} per activity with a known number", "sayısı bilinen etkinlik başına {n}"],
	no_number: ["no activity has a number", "hiçbir etkinliğin sayısı yok"],
	announced: ["activity announced|activities announced", "duyurulan etkinlik"],
	announced_note: ["begin after today; not counted above",
		"bugünden sonra başlıyor; yukarıda sayılmadı"],
	announced_participants: ["begin after today, {n} participants entered; not counted above",
		"bugünden sonra başlıyor, {n} katılımcı girilmiş; yukarıda sayılmadı"],
	change: ["{by} from the 12 months before ({before})", "önceki 12 aya göre {by} ({before})"],
	change_none: ["none in the 12 months before", "önceki 12 ayda yok"],
	sections: ["section|sections", "şube"],
	in_countries: ["in {countries}", "{countries} içinde"],
	rank_country: ["its rank among countries", "ülkeler arasındaki sırası"],
	rank_section: ["its rank in the network", "ağdaki sırası"],
	rank_of: ["of {all}, by activities held", "{all} arasında, yapılan etkinlik sayısına göre"],
	rank_in: ["; {n} of {peers} in {country}", "; {country} içindeki {peers} şube arasında {n}"],

	trend: ["Activities over time", "Zaman içinde etkinlikler"],
	busiest: ["The busiest month was {month}, with {activities}.",
		"En yoğun ay {month}: {activities}."],
	trend_chart: ["Columns: activities by month. {top}", "Sütunlar: aylara göre etkinlik. {top}"],
	trend_note: ["By month of beginning. Each year has its total and the change from the year "
		+ "before; this year is compared with the same days of last year, and none with "
		+ "a year in the course of which the activities begin.",
		"Başlangıç ayına göre. Her yılın altında toplamı ve önceki yıla göre değişimi durur; bu "
		+ "yıl, geçen yılın aynı günleriyle karşılaştırılır. Etkinliklerin ocaktan sonra "
		+ "başladığı yılla karşılaştırma yapılmaz."],
	hatched: ["Hatched: announced.", "Taralı: duyurulan."],
	as_tables: ["Years and months as tables", "Yıllar ve aylar tablo olarak"],
	so_far: ["{year} so far", "{year}, bugüne dek"],

	causes: ["Causes", "Konular"],
	causes_lead: ["An activity with two causes counts for both.",
		"İki konulu etkinlik ikisinde de sayılır."],
	types: ["Types", "Türler"],
	sdgs: ["Sustainable Development Goals", "Sürdürülebilir Kalkınma Amaçları"],
	sdgs_lead: ["Of the United Nations. An activity can serve several.",
		"Birleşmiş Milletler\u2019in. Bir etkinlik birkaçına hizmet edebilir."],
	no_information: ["No activity has this information yet.",
		"Henüz hiçbir etkinlikte bu bilgi yok."],
	bars_chart: ["Bars: {title}, by activities. {top}", "Çubuklar: {title}, etkinliğe göre. {top}"],
	as_table: ["As a table", "Tablo olarak"],
	not_said: ["not said", "belirtilmemiş"],

	year: ["Year", "Yıl"],
	month: ["Month", "Ay"],
	cause: ["Cause", "Konu"],
	type: ["Type", "Tür"],
	goal: ["Goal", "Amaç"],
	activities: ["Activities", "Etkinlik"],
	upcoming: ["Announced", "Duyurulan"],
	changes: ["Change", "Değişim"],
	online: ["Online", "Çevrim içi"],
	participants: ["Participants", "Katılımcı"],
	in_12_months: ["In 12 months", "Son 12 ay"],
	section: ["Section", "Şube"],
	country: ["Country", "Ülke"],
	section_count: ["Sections", "Şube"],
	last_activity: ["Last activity", "Son etkinlik"],
	network_rank: ["Network rank", "Ağdaki sıra"],
	field: ["Field", "Alan"],
	filled: ["Filled", "Dolu"],
	share: ["Share", "Oran"],
	count: ["Count", "Sayı"],
	reason: ["Reason", "Neden"],
	table_of: ["Table: {columns}", "Tablo: {columns}"],

	students: ["Local and international students", "Yerel ve uluslararası öğrenciler"],
	students_none: ["No statistics page has this information yet.",
		"Henüz hiçbir istatistik sayfasında bu bilgi yok."],
	students_lead: ["{n} students took part, according to the sections\u2019 statistics pages. "
		+ "Somebody who took part twice counts twice.",
		"Şubelerin istatistik sayfalarına göre {n} öğrenci katıldı. İki kez katılan iki kez "
		+ "sayılır."],
	students_chart: ["Divided bars: local and international students. {top}",
		"Bölünmüş çubuklar: yerel ve uluslararası öğrenciler. {top}"],
	international_share: ["{name}: {share} international", "{name}: {share} uluslararası"],
	students_countries: ["Below the first row: the countries with the most students.",
		"İlk satırın altında: öğrencisi en çok olan ülkeler."],
	students_sections: ["Below the first row: the sections with the most students.",
		"İlk satırın altında: öğrencisi en çok olan şubeler."],
	local: ["Local", "Yerel"],
	international: ["International", "Uluslararası"],

	plan: ["What next", "Sırada ne var"],
	plan_starts: ["What other sections began with.", "Öteki şubelerin başladıkları."],
	plan_gaps: ["{n} gap: done less than half as often as at comparable sections, and too rarely "
		+ "to be chance. The others are ideas.|{n} gaps: done less than half as often as at "
		+ "comparable sections, and too rarely to be chance. The others are ideas.",
		"{n} eksik: benzer şubelerdekinin yarısından az yapılmış, rastlantı denemeyecek kadar. "
		+ "Ötekiler öneri."],
	plan_no_gaps: ["No gaps: what is done less than at comparable sections may be chance. These "
		+ "are ideas.",
		"Eksik yok: benzer şubelerdekinden az yapılanlar rastlantı olabilir. Bunlar öneri."],
	plan_caption: ["Shares of the activities of the last three years. Comparable are the twenty "
		+ "sections most like this one in size, activities and country.",
		"Son üç yılın etkinlikleri içindeki paylar. Benzer şubeler: büyüklüğü, etkinlikleri ve "
		+ "ülkesi bu şubeye en yakın yirmi şube."],
	plan_goal: ["SDG {n} {goal}", "SKA {n} {goal}"],
	plan_gap: ["Gap: {name}", "Eksik: {name}"],
	plan_comparable: ["comparable sections", "benzer şubeler"],
	plan_chart: ["Bars: shares of activities, here and at comparable sections. {top}",
		"Çubuklar: etkinliklerin payları, burada ve benzer şubelerde. {top}"],
	plan_drew: ["Examples there, with their participants: ",
		"Oralardan örnekler, katılımcı sayılarıyla: "],
	expected_title: ["How many may come", "Kaç kişi gelebilir"],
	expected_lead: ["Half of all activities have more participants than expected, half have "
		+ "fewer; four of five are within the range.",
		"Etkinliklerin yarısı beklenenden çok, yarısı az katılımcı çeker; beşte dördü aralığın "
		+ "içinde kalır."],
	expected: ["Expected", "Beklenen"],
	expected_range: ["Range", "Aralık"],
	expected_own: ["Own activities, 3 years", "Kendi etkinlikleri, 3 yıl"],

	map_sections: ["Where the sections are", "Şubeler nerede"],
	map_section: ["Among its neighbours", "Komşuları arasında"],
	map_unknown: ["The locations of the sections are not known yet.",
		"Şubelerin yerleri henüz bilinmiyor."],
	map_unknown_one: ["The location of the section is not known.", "Şubenin yeri bilinmiyor."],
	map_note: ["The area of a point shows the number of activities held.",
		"Noktanın alanı, yapılan etkinlik sayısını gösterir."],
	map_grey_country: ["Grey: sections of other countries.", "Gri: başka ülkelerin şubeleri."],
	map_grey_section: ["Grey: other sections.", "Gri: öteki şubeler."],
	map_missing: ["The location of {n} section is not known."
		+ "|The locations of {n} sections are not known.", "{n} şubenin yeri bilinmiyor."],
	map_outside: ["Outside the map: {names}.", "Haritanın dışında: {names}."],
	map_more: ["{names} and {n} more", "{names} ve {n} şube daha"],
	map_chart: ["Map of {sections}, sized by activities. {top}",
		"{sections}, etkinliğe göre büyüklükte. {top}"],
	zoom: ["Zoom", "Yakınlaştırma"],
	zoom_in: ["Zoom in", "Yakınlaştır"],
	zoom_out: ["Zoom out", "Uzaklaştır"],
	zoom_all: ["Show all", "Tümünü göster"],
	zoom_keys: ["Map: + and \u2212 zoom, arrows move, 0 shows all",
		"Harita: + ve \u2212 yakınlaştırır ve uzaklaştırır, oklar kaydırır, 0 tümünü gösterir"],
	map_none: ["none held", "hiç yok"],
	map_unread: ["not read yet", "henüz okunmadı"],

	among_countries: ["Among the countries", "Ülkeler arasında"],
	countries: ["Countries", "Ülkeler"],
	among_sections: ["Among the sections of {country}", "{country} şubeleri arasında"],
	by_activities: ["By activities held.", "Yapılan etkinlik sayısına göre."],
	by_activities_of: ["By activities held; {n} of {all}.",
		"Yapılan etkinlik sayısına göre; {all} içinden {n}."],
	all_countries: ["All countries as a table", "Bütün ülkeler tablo olarak"],
	all_as_table: ["All of them as a table", "Hepsi tablo olarak"],
	most_active: ["Most active sections", "En etkin şubeler"],
	all_n_sections: ["All {n} sections", "{n} şubenin hepsi"],

	list_upcoming: ["Announced activities", "Duyurulan etkinlikler"],
	list_largest: ["Largest activities", "En büyük etkinlikler"],
	list_latest: ["Latest activities", "Son etkinlikler"],
	and_more: ["{names} and {n} more", "{names} ve {n} şube daha"],
	online_place: ["online", "çevrim içi"],
	participants_small: ["participant|participants", "katılımcı"],

	quality: ["Data quality", "Verinin niteliği"],
	quality_label: ["Quality of the data", "Verinin niteliği"],
	valid: ["of the activities are valid", "etkinliklerin geçerli olanı"],
	valid_note: ["{n} of {all}; no figure in this report counts the others",
		"{all} içinden {n}; öbürleri bu raporun hiçbir sayısında yok"],
	errors: ["value that cannot be right|values that cannot be right", "doğru olamayacak değer"],
	most_often: ["most often: {what}", "en sık: {what}"],
	nothing: ["none", "yok"],
	failures: ["page that could not be read|pages that could not be read", "okunamayan sayfa"],
	last_read: ["last read", "son okuma"],
	oldest: ["oldest reading of a section", "en eski şube okuması"],
	never_read: ["none has been read yet", "henüz hiçbiri okunmadı"],
	today: ["less than a day ago", "bir günden az önce"],
	ago: ["{days} ago", "{days} önce"],
	never: ["; {n} section was never read|; {n} sections were never read",
		"; {n} şube hiç okunmadı"],
	on_site: ["; {n} of {all} are on the activities site",
		"; {all} şubeden {n} etkinlik sitesinde"],
	fields: ["Filled fields", "Doldurulan alanlar"],
	fields_lead: ["Share of the valid activities that have the field; title, description and "
		+ "first day are in all of them.",
		"Geçerli etkinliklerden o alanı dolu olanların oranı; başlık, açıklama ve ilk gün "
		+ "hepsinde var."],
	fields_chart: ["Bars: share of the valid activities in which a field is filled. {top}",
		"Çubuklar: bir alanı dolu olan geçerli etkinliklerin oranı. {top}"],
	errors_table: ["Values that cannot be right", "Doğru olamayacak değerler"],
	failures_table: ["Pages that could not be read", "Okunamayan sayfalar"],

	made: ["Made {moment} by ESN Pulse {version}", "{moment}, ESN Pulse {version} ile hazırlandı"],
	made_from: ["{made}, from the pages of {sites}.", "{made}; kaynak: {sites}."],
	runs: ["Last readings \u2013 {runs}.", "Son okumalar \u2013 {runs}."],
	run: ["{what}: {status}, {moment}", "{what}: {status}, {moment}"],
	run_accounts: ["countries and sections", "ülkeler ve şubeler"],
	run_activities: ["activities and statistics", "etkinlikler ve istatistikler"],
	run_waiting: ["waiting", "bekliyor"],
	run_running: ["in progress", "sürüyor"],
	run_completed: ["complete", "tamamlandı"],
	run_partial: ["to be continued", "devam edecek"],
	run_failed: ["failed", "başarısız"],
	run_cancelled: ["stopped", "durduruldu"],
	counting: ["Only valid activities that are still on the site count, and only sections that "
		+ "are. An activity counts from its first day on; until then it is announced. An activity "
		+ "of several organisers counts once, and for each of them where sections are compared. 12 "
		+ "months are 365 days up to today.",
		"Yalnızca geçerli ve hâlâ sitede olan etkinlikler ile sitede olan şubeler sayılır. "
		+ "Etkinlik ilk gününden başlayarak sayılır; o güne dek duyurulmuştur. Birkaç "
		+ "düzenleyicisi olan etkinlik bir kez, şubelerin karşılaştırıldığı yerde her biri için "
		+ "sayılır. 12 ay, bugüne dek 365 gündür."],
	counting_country: ["A country\u2019s activities are those that its sections organised, "
		+ "wherever they took place.",
		"Bir ülkenin etkinlikleri, nerede yapılmış olursa olsun, şubelerinin düzenledikleridir."],
	sources: ["Coastlines and borders: Natural Earth, simplified. Charts: D3. This page makes no "
		+ "network requests.",
		"Kıyılar ve sınırlar: Natural Earth, sadeleştirilmiş. Grafikler: D3. Bu sayfa ağdan hiçbir "
		+ "şey istemez."],

	field_participants: ["participants", "katılımcı"],
	field_type: ["type", "tür"],
	field_activity_type: ["type", "tür"],
	field_title: ["title", "başlık"],
	field_description: ["description", "açıklama"],
	field_start_date: ["first day", "ilk gün"],
	field_end_date: ["last day", "son gün"],
	field_place: ["place, or online", "yer ya da çevrim içi"],
	field_city: ["city", "şehir"],
	field_country: ["country", "ülke"],
	field_goal: ["goal", "hedef"],
	field_activity_goal: ["goal", "hedef"],
	field_outcomes: ["outcomes", "sonuçlar"],
	field_organiser: ["a known organiser", "bilinen düzenleyici"],
	field_organisers: ["organisers", "düzenleyiciler"],
	field_cause: ["a cause", "konu"],
	field_causes: ["causes", "konular"],
	field_objectives: ["objectives", "hedefler"],
	field_sdg: ["a development goal", "kalkınma amacı"],
	field_sdgs: ["development goals", "kalkınma amaçları"],
	field_registration_url: ["registration link", "kayıt bağlantısı"],
	field_image_url: ["picture", "resim"],
	field_url: ["address of the page", "sayfanın adresi"],
	field_email: ["e-mail address", "e-posta adresi"],
	field_website: ["website", "web sitesi"],
	field_latitude: ["latitude", "enlem"],
	field_longitude: ["longitude", "boylam"],
	field_logo_url: ["logo", "logo"],
	field_social_media: ["social media", "sosyal medya"],
	failure_missing: ["not found on the site", "sitede bulunamadı"],
	failure_declined: ["the site declined the request", "site isteği kabul etmedi"],
	failure_error: ["the site had an error", "sitede hata oldu"],
	failure_silent: ["no complete answer came", "tam bir cevap gelmedi"],
	failure_unclear: ["the page was not understood", "sayfa anlaşılamadı"],
};

// What the sites name in English, from short fixed lists; others stay as they are.
const NAMES = {
	"Culture": "Kültür",
	"Education & Youth": "Eğitim ve Gençlik",
	"Environmental Sustainability": "Çevresel Sürdürülebilirlik",
	"Health & Well-being": "Sağlık ve İyi Olma Hâli",
	"Skills & Employability": "Beceriler ve İstihdam",
	"Social Inclusion": "Sosyal İçerme",
};
const GOALS = ["Yoksulluğa Son", "Açlığa Son", "Sağlık ve Kaliteli Yaşam", "Nitelikli Eğitim",
	"Toplumsal Cinsiyet Eşitliği", "Temiz Su ve Sanitasyon", "Erişilebilir ve Temiz Enerji",
	"İnsana Yakışır İş ve Ekonomik Büyüme", "Sanayi, Yenilikçilik ve Altyapı",
	"Eşitsizliklerin Azaltılması", "Sürdürülebilir Şehirler ve Topluluklar",
	"Sorumlu Üretim ve Tüketim", "İklim Eylemi", "Sudaki Yaşam", "Karasal Yaşam",
	"Barış, Adalet ve Güçlü Kurumlar", "Amaçlar için Ortaklıklar"];

const report = JSON.parse(document.getElementById("data").textContent);
const TURKISH = report.lang === "tr";

// t("key", {n: 3}): the text in the page's language. Numbers are formatted.
function t(key, values) {
	const forms = WORDS[key][TURKISH ? 1 : 0].split("|");
	const text = forms[forms.length > 1 && Number(values && values.n) !== 1 ? 1 : 0];
	return text.replace(/\{(\w+)\}/g, (all, name) =>
		typeof values[name] === "number" ? number(values[name]) : values[name]);
}

// As t(), where the data may have a key that has no words.
const tOr = (key, other) => WORDS[key] ? t(key) : other;
const named = (name) => TURKISH && NAMES[name] || name;
const LOCALE = t("locale");
