#include "millet/tasks/math/language.h"

#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/nearest.h"

namespace millet::tasks::math {

namespace {

constexpr Language kLanguages[] = {
    {"english", U"answer", U".", U",", U":", true, U"and", U"or"},
    {"chinese", U"答案", U"。", U"，", U"：", false, U"和", U"或"},
    {"french", U"réponse", U".", U",", U":", true, U"et", U"ou"},
    {"arabic", U"إجابة", U".", U"،", U":", true, U"و", U"أو", U"أ ب ج د هـ و ز ح"},
    {"german", U"antwort", U".", U",", U":", true, U"und", U"oder"},
    {"spanish", U"respuesta", U".", U",", U":", true, U"y", U"o"},
    {"portuguese", U"resposta", U".", U",", U":", true, U"e", U"ou"},
    {"italian", U"risposta", U".", U",", U":", true, U"e", U"o"},
    {"russian", U"ответ", U".", U",", U":", true, U"и", U"или", U"А Б В Г Д Е"},
    {"turkish", U"cevap", U".", U",", U":", true, U"ve", U"veya"},
    {"hindi", U"उत्तर", U"।", U",", U":", true, U"और", U"या", U"क ख ग घ ङ च"},
    {"telugu", U"జవాబు", U".", U",", U":", true, U"మరియు", U"లేదా", U"ఎ బి సి డి ఇ"},
    {"thai", U"คำตอบ", U".", U",", U":", true, U"และ", U"หรือ", U"๑ ๒ ๓ ๔ ๕ ๖ ๗ ๘ ๙ ๐"},
    {"swahili", U"jibu", U".", U",", U":", true, U"na", U"au"},
    {"japanese", U"回答", U"。", U"、", U"：", false, U"と", U"または"},
    {"dutch", U"antwoord", U".", U",", U":", true, U"en", U"of"},
    {"polish", U"odpowiedź", U".", U",", U":", true, U"i", U"lub"},
    {"czech", U"odpověď", U".", U",", U":", true, U"a", U"nebo"},
    {"greek", U"απάντηση", U".", U",", U":", true, U"και", U"ή"},
    {"hungarian", U"válasz", U".", U",", U":", true, U"és", U"vagy"},
    {"finnish", U"vastaus", U".", U",", U":", true, U"ja", U"tai"},
    {"norwegian", U"svar", U".", U",", U":", true, U"og", U"eller"},
    {"indonesian", U"jawaban", U".", U",", U":", true, U"dan", U"atau"},
    {"bashkir", U"яуап", U".", U",", U":", true, U"һәм", U"йәки", U"А Б В Г Д Е"},
    {"basque", U"erantzuna", U".", U",", U":", true, U"eta", U"ala"},
    {"belarusian", U"адказ", U".", U",", U":", true, U"і", U"ці", U"А Б В Г Д Е"},
    {"bengali", U"উত্তর", U"।", U",", U":", true, U"এবং", U"বা", U"ক খ গ ঘ ঙ চ"},
    {"bulgarian", U"отговор", U".", U",", U":", true, U"и", U"или", U"А Б В Г Д Е"},
    {"catalan", U"resposta", U".", U",", U":", true, U"i", U"o"},
    {"cebuano", U"tubag", U".", U",", U":", true, U"ug", U"o"},
    {"croatian", U"odgovor", U".", U",", U":", true, U"i", U"ili"},
    {"danish", U"svar", U".", U",", U":", true, U"og", U"eller"},
    {"eastern_panjabi", U"ਜਵਾਬ", U"।", U",", U":", true, U"ਅਤੇ", U"ਜਾਂ"},
    {"estonian", U"vastus", U".", U",", U":", true, U"ja", U"või"},
    {"galician", U"resposta", U".", U",", U":", true, U"e", U"ou"},
    {"gujarati", U"જવાબ", U"।", U",", U":", true, U"અને", U"અથવા", U"અ આ ઇ ઈ ઉ ઊ"},
    {"icelandic", U"svar", U".", U",", U":", true, U"og", U"eða"},
    {"macedonian", U"одговор", U".", U",", U":", true, U"и", U"или"},
    {"romanian", U"răspuns", U".", U",", U":", true, U"și", U"sau"},
    {"serbian", U"одговор", U".", U",", U":", true, U"и", U"или"},
    {"slovak", U"odpoveď", U".", U",", U":", true, U"a", U"alebo"},
    {"swedish", U"svar", U".", U",", U":", true, U"och", U"eller"},
    {"tagalog", U"sagot", U".", U",", U":", true, U"at", U"o"},
    {"tamil", U"பதில்", U"।", U",", U":", true, U"மற்றும்", U"அல்லது"},
    {"tatar", U"җавап", U".", U",", U":", true, U"һәм", U"яки", U"А Б В Г Д Е"},
    {"ukrainian", U"відповідь", U".", U",", U":", true, U"і", U"або", U"А Б В Г Д Е"},
    {"urdu", U"جواب", U"۔", U"،", U":", true, U"اور", U"یا"},
    {"uzbek", U"javob", U".", U",", U":", true, U"va", U"yoki"},
    {"vietnamese", U"trả lời", U".", U",", U":", true, U"và", U"hoặc"},
};

}  // namespace

const Language& language(std::string_view name) {
  if (name.empty()) return kLanguages[0];
  std::vector<std::string> names;
  for (const Language& row : kLanguages) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  const std::string near = nearest(name, names);
  fail("verify: unknown language '{}'{}", name, near.empty() ? "" : ": did you mean '" + near + "'?");
}

}  // namespace millet::tasks::math
