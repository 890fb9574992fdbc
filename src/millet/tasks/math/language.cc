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
    {"arabic", U"إجابة", U".", U"،", U":", true, U"و", U"أو"},
    {"german", U"antwort", U".", U",", U":", true, U"und", U"oder"},
    {"spanish", U"respuesta", U".", U",", U":", true, U"y", U"o"},
    {"portuguese", U"resposta", U".", U",", U":", true, U"e", U"ou"},
    {"italian", U"risposta", U".", U",", U":", true, U"e", U"o"},
    {"russian", U"ответ", U".", U",", U":", true, U"и", U"или"},
    {"turkish", U"cevap", U".", U",", U":", true, U"ve", U"veya"},
    {"hindi", U"उत्तर", U"।", U",", U":", true, U"और", U"या"},
    {"telugu", U"జవాబు", U".", U",", U":", true, U"మరియు", U"లేదా"},
    {"thai", U"คำตอบ", U".", U",", U":", true, U"และ", U"หรือ"},
    {"swahili", U"jibu", U".", U",", U":", true, U"na", U"au"},
    {"japanese", U"回答", U"。", U"、", U"：", false, U"と", U"か"},
    {"dutch", U"antwoord", U".", U",", U":", true, U"en", U"of"},
    {"polish", U"odpowiedź", U".", U",", U":", true, U"i", U"lub"},
    {"czech", U"odpověď", U".", U",", U":", true, U"a", U"nebo"},
    {"greek", U"απάντηση", U".", U",", U":", true, U"και", U"ή"},
    {"hungarian", U"válasz", U".", U",", U":", true, U"és", U"vagy"},
    {"finnish", U"vastaus", U".", U",", U":", true, U"ja", U"tai"},
    {"norwegian", U"svar", U".", U",", U":", true, U"og", U"eller"},
    {"indonesian", U"jawaban", U".", U",", U":", true, U"dan", U"atau"},
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
