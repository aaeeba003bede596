#include "cli/completion.hpp"

#include <cstdio>
#include <optional>

#include "cli/command.hpp"
#include "opwire/opstack/chain/fork.hpp"
#include "opwire/opstack/chain/registry.hpp"

namespace opwire::cli {
namespace {

struct OptionEntry {
  std::string name;  ///< "--p2p.static"; empty: an argument
  std::string help;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> choices;
};
struct CommandEntry {
  std::string path;                                           ///< "payload show"; empty: the root
  std::vector<std::pair<std::string, std::string>> commands;  ///< name, help
  std::vector<OptionEntry> options;
};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::vector<std::string> choices_of(const std::string& name) {
  if (name == "--network") return opstack::chain_names();
  if (name != "--fork") return {};
  std::vector<std::string> forks;
  for (std::size_t fork = 0; fork < opstack::kForkCount; ++fork) {
    forks.emplace_back(opstack::to_string(static_cast<opstack::Fork>(fork)));
  }
  return forks;
}

OptionEntry entry_of(const CLI::Option& option) {
  OptionEntry entry;
  entry.name = option.get_positional() ? "" : option.get_name(false, true);
  if (const std::size_t comma = entry.name.rfind(','); comma != std::string::npos) entry.name.erase(0, comma + 1);
  entry.help = first_line(option.get_description());
  entry.takes_value = option.get_items_expected_max() > 0;
  entry.takes_file =
      option.get_type_name() == "FILE" || option.get_type_name() == "FOLDER" || option.get_name(true) == "FILE";
  entry.choices = choices_of(entry.name);
  return entry;
}

void collect(const CLI::App& app, const std::string& path, std::vector<CommandEntry>& out) {
  CommandEntry entry;
  entry.path = path;
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* command : commands) {
    entry.commands.emplace_back(command->get_name(), first_line(command->get_description()));
  }
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) entry.options.push_back(entry_of(*option));
  }
  out.push_back(std::move(entry));
  for (const CLI::App* command : commands) {
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), out);
  }
}

// In single quotes, for all three shells (fish too takes '\'' as two strings and a quote).
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Which command the words before the cursor have reached. Shared by bash and zsh: `reached` is set, "" for the root.
std::string find_reached(const std::vector<CommandEntry>& all) {
  std::string text =
      "  local reached=\"\" word\n  for word in \"${before[@]}\"; do\n    case \"${reached:+$reached }$word\" in\n";
  std::vector<std::string> paths;
  for (const CommandEntry& entry : all) {
    if (!entry.path.empty()) paths.push_back(quoted(entry.path));
  }
  std::string patterns;
  for (const std::string& path : paths) patterns += (patterns.empty() ? "" : "|") + path;
  return text + "      " + patterns + ") reached=\"${reached:+$reached }$word\" ;;\n    esac\n  done\n";
}

std::string bash_values(const CommandEntry& entry) {
  std::string text;
  std::vector<std::string> files;
  for (const OptionEntry& option : entry.options) {
    if (option.name.empty() || !option.takes_value) continue;
    const std::string pattern = quoted((entry.path.empty() ? "" : entry.path + " ") + option.name);
    if (!option.choices.empty()) {
      text += "    " + pattern + ") COMPREPLY=($(compgen -W " + quoted(join(option.choices)) +
              " -- \"$current\")); return ;;\n";
    } else if (option.takes_file) {
      text += "    " + pattern + ") COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n";
    } else {
      text += "    " + pattern + ") return ;;\n";
    }
  }
  return text;
}

std::string bash_script(const std::vector<CommandEntry>& all) {
  std::string text =
      "# bash completion of opwire\n_opwire() {\n  local current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
      "  local previous=\"${COMP_WORDS[COMP_CWORD - 1]}\"\n  local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n";
  text += find_reached(all);
  text += "  case \"${reached:+$reached }$previous\" in\n";
  for (const CommandEntry& entry : all) text += bash_values(entry);
  text += "  esac\n  local words=\"\" files=\"\"\n  case \"$reached\" in\n";
  for (const CommandEntry& entry : all) {
    std::vector<std::string> words;
    bool files = false;
    for (const auto& [name, help] : entry.commands) words.push_back(name);
    for (const OptionEntry& option : entry.options) {
      if (!option.name.empty()) words.push_back(option.name);
      files = files || (option.name.empty() && option.takes_file);
    }
    text += "    " + quoted(entry.path) + ") words=" + quoted(join(words)) + (files ? "; files=yes" : "") + " ;;\n";
  }
  text +=
      "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  if [[ -n $files && $current != -* ]]; then COMPREPLY+=($(compgen -f -- \"$current\")); fi\n}\n"
      "complete -o filenames -F _opwire opwire\n";
  return text;
}

std::string zsh_item(const std::string& name, const std::string& help) {
  std::string escaped;
  for (const char c : name) escaped += c == ':' ? std::string("\\:") : std::string(1, c);
  return "      " + quoted(escaped + ":" + help) + "\n";
}

std::string zsh_script(const std::vector<CommandEntry>& all) {
  std::string text =
      "#compdef opwire\n# zsh completion of opwire\n_opwire() {\n"
      "  local -a before=(\"${(@)words[2,CURRENT-1]}\")\n  local previous=\"${words[CURRENT-1]}\"\n";
  text += find_reached(all);
  text += "  case \"${reached:+$reached }$previous\" in\n";
  for (const CommandEntry& entry : all) {
    for (const OptionEntry& option : entry.options) {
      if (option.name.empty() || !option.takes_value) continue;
      const std::string pattern = quoted((entry.path.empty() ? "" : entry.path + " ") + option.name);
      const std::string action = !option.choices.empty() ? "compadd -- " + join(option.choices)
                                 : option.takes_file     ? "_files"
                                                         : "_message " + quoted(option.help);
      text += "    " + pattern + ") " + action + "; return ;;\n";
    }
  }
  text += "  esac\n  local -a entries\n  case \"$reached\" in\n";
  for (const CommandEntry& entry : all) {
    bool files = false;
    text += "    " + quoted(entry.path) + ") entries=(\n";
    for (const auto& [name, help] : entry.commands) text += zsh_item(name, help);
    for (const OptionEntry& option : entry.options) {
      if (!option.name.empty()) text += zsh_item(option.name, option.help);
      files = files || (option.name.empty() && option.takes_file);
    }
    text += std::string("    )") + (files ? "; _files" : "") + " ;;\n";
  }
  text += "  esac\n  _describe 'opwire' entries\n}\n";
  text += "if [ \"$funcstack[1]\" = \"_opwire\" ]; then _opwire \"$@\"; else compdef _opwire opwire; fi\n";
  return text;
}

std::string fish_condition(const CommandEntry& entry) {
  if (entry.path.empty()) return "__fish_use_subcommand";
  std::string condition;
  std::string rest = entry.path + " ";
  for (std::size_t space = rest.find(' '); space != std::string::npos; space = rest.find(' ')) {
    condition +=
        (condition.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + rest.substr(0, space);
    rest.erase(0, space + 1);
  }
  return condition;
}

std::string fish_script(const std::vector<CommandEntry>& all) {
  std::string text = "# fish completion of opwire\ncomplete -c opwire -f\n";
  for (const CommandEntry& entry : all) {
    const std::string begin = "complete -c opwire -n " + quoted(fish_condition(entry));
    for (const auto& [name, help] : entry.commands) text += begin + " -a " + name + " -d " + quoted(help) + "\n";
    for (const OptionEntry& option : entry.options) {
      if (option.name.empty()) {
        if (option.takes_file) text += begin + " -F\n";
        continue;
      }
      text += begin + " -l " + option.name.substr(2) + " -d " + quoted(option.help);
      if (option.takes_value) text += option.takes_file ? " -r -F" : " -x";
      if (!option.choices.empty()) text += " -a " + quoted(join(option.choices));
      text += "\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& root, Shell shell) {
  std::vector<CommandEntry> all;
  collect(root, "", all);
  switch (shell) {
    case Shell::kBash:
      return bash_script(all);
    case Shell::kZsh:
      return zsh_script(all);
    case Shell::kFish:
      return fish_script(all);
  }
  return {};
}

std::vector<Command> add_completion(CLI::App& root) {
  CLI::App* app = root.add_subcommand("completion", "Print a script that makes a shell complete opwire's commands.");
  const auto shell = std::make_shared<std::string>();
  app->add_option("SHELL", *shell, "bash, zsh or fish")->required()->type_name("");
  return {{app, [shell, &root] {
             const std::optional<Shell> known = *shell == "bash"   ? std::optional(Shell::kBash)
                                                : *shell == "zsh"  ? std::optional(Shell::kZsh)
                                                : *shell == "fish" ? std::optional(Shell::kFish)
                                                                   : std::nullopt;
             if (!known) return fail(kUsage, "'" + *shell + "' is no shell known here: bash, zsh or fish");
             std::printf("%s", completion_script(root, *known).c_str());
             return static_cast<int>(kOk);
           }}};
}

}  // namespace opwire::cli
