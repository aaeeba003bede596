"""The metrics of opwire run, before Debian's Prometheus: what is shown, and that dashboard, alerts and table keep to it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest
import urllib.parse
import urllib.request

from harness import ProgramTest, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
# op-node's names that promtool would have otherwise. They are what its dashboards know.
OP_NODES_OWN = {"p2p_dials", "p2p_accepts", "p2p_peer_unbans", "p2p_ip_unbans", "p2p_bandwidth_bytes_total", "p2p_payloads_quarantine_total"}
NAME = re.compile(r"\b(?:op_node_default|opwire|process)_[a-z0-9_]+\b")


def families(text):
    """Name and type of all that is shown."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def base_name(name, known):
    """A histogram's name, of one of its series."""
    for suffix in ("_bucket", "_count", "_sum"):
        if name.endswith(suffix) and known.get(name.removesuffix(suffix)) == "histogram":
            return name.removesuffix(suffix)
    return name


def dashboard():
    return json.loads((ROOT / "deploy" / "grafana" / "opwire.json").read_text())


def dashboard_expressions():
    """With its variables as Grafana fills them in."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")


def alert_fields(name):
    return re.findall(rf"^ +{name}: (.*)$", ALERTS.read_text(), re.MULTILINE)


def alert_names():
    """What they are made of, the last word of templates left aside."""
    return set(NAME.findall(re.sub(r"^ +(?:description|summary|runbook|- alert): .*$", "", ALERTS.read_text(), flags=re.MULTILINE)))


def documented():
    """Name, type, labels of each line of the tables."""
    page = (ROOT / "docs" / "metrics.md").read_text()
    return {name: kind for name, kind in re.findall(r"^\| `(\w+)` \| (gauge|counter|histogram) \|", page, re.MULTILINE)}


def anchors(page):
    lines = (ROOT / page).read_text().splitlines()
    return {re.sub(r"[^\w -]", "", line.lstrip("#").strip().lower()).replace(" ", "-") for line in lines if line.startswith("#")}


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


class Metrics(ProgramTest):
    @classmethod
    def setUpClass(cls):
        if not PROMETHEUS or not PROMTOOL:
            if os.environ.get("CI") == "true":
                raise AssertionError("no prometheus and promtool: ./dev deps fetches them")
            raise unittest.SkipTest("no prometheus and promtool: ./dev deps fetches them")

    def promtool(self, *arguments, text=None):
        return subprocess.run([PROMTOOL, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=20,
                              check=False, cwd=self.folder)

    def start_node(self):
        """A follower with every part that has numbers; its metrics' address."""
        network = self.start("devnet", "--block-time", "500ms", "--followers", 1, "--out", "net", "--late", 0, "--cut-off", 0)
        network.wait_for("block 2 ")
        peer, signer = ((self.folder / "net" / name).read_text().strip() for name in ("sequencer.multiaddr", "signer"))
        port = free_port()
        node = self.start("run", "--rollup.config", self.folder / "net" / "rollup.json", "--p2p.unsafe.block.signer", signer,
                          "--p2p.static", peer, "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--archive.path", "blocks.mdb",
                          "--metrics.enabled", "--metrics.addr", "127.0.0.1", "--metrics.port", port)
        node.wait_for("metrics listen", "stderr")
        return f"127.0.0.1:{port}"

    def wait_for_line(self, address, pattern):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            text = get(f"http://{address}/metrics")
            if re.search(pattern, text, re.MULTILINE):
                return text
            time.sleep(0.1)
        raise AssertionError(f"no {pattern!r} in:\n{text}")

    def test_rules_and_configuration(self):
        for what, path in (("rules", ALERTS), ("config", ALERTS.parent / "prometheus.yml")):
            done = self.promtool("check", what, path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = self.promtool("test", "rules", ALERTS.parent / "alerts_test.yml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_alert_says_what_to_do_and_where_to_read_on(self):
        alerts = len(re.findall(r"^ +- alert: ", ALERTS.read_text(), re.MULTILINE))
        self.assertGreater(alerts, 20)
        for field in ("summary", "description", "runbook", "severity"):
            self.assertEqual(len(alert_fields(field)), alerts, field)
        for link in alert_fields("runbook"):
            page, anchor = link.split("#")
            self.assertIn(anchor, anchors(page), link)

    def test_links_of_the_page_hold(self):
        for page, anchor in re.findall(r"\]\(([\w.-]*)#([\w-]+)\)", (ROOT / "docs" / "metrics.md").read_text()):
            self.assertIn(anchor, anchors(f"docs/{page or 'metrics.md'}"))

    def test_what_a_node_shows(self):
        address = self.start_node()
        text = self.wait_for_line(address, r"^op_node_default_refs_number\{.*l2_unsafe.*\} [1-9]")
        shown = families(text)
        self.assertEqual(shown, documented(), "docs/metrics.md has what is shown, and nothing else")
        self.assertRegex(text, r'(?m)^op_node_default_p2p_gossip_events_total\{type="GRAFT"\} [1-9]')
        self.assertRegex(text, r'(?m)^opwire_traffic_bytes_total\{protocol="meshsub",direction="in"\} [1-9]')
        self.assertRegex(text, r'(?m)^opwire_first_deliveries_total\{peer="static"\} [1-9]')

        linted = self.promtool("check", "metrics", text=text)
        complaints = {line.split(" ")[0] for line in (linted.stdout + linted.stderr).splitlines() if line}
        self.assertEqual({name.removeprefix("op_node_default_") for name in complaints} - OP_NODES_OWN, set(), linted.stderr)
        self.assertIn(linted.returncode, (0, 3))

        for expression in [*dashboard_expressions(), *alert_names()]:
            for name in NAME.findall(expression):
                self.assertIn(base_name(name, shown), shown, expression)
        self.scrape(address, shown)

    def scrape(self, address, shown):
        """A real Prometheus takes it all, and every expression of the dashboard means something to it."""
        port = free_port()
        self.file("prometheus.yml", f"scrape_configs:\n  - job_name: opwire\n    scrape_interval: 200ms\n"
                                    f"    static_configs: [{{targets: ['{address}']}}]\nrule_files: ['{ALERTS}']\n")
        server = subprocess.Popen([PROMETHEUS, "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                                   f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], cwd=self.folder,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        base = f"http://127.0.0.1:{port}"
        self.assertTrue(self.has_scraped(base), "Prometheus has scraped")
        for expression in dashboard_expressions():
            answer = json.loads(get(f"{base}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"))
            self.assertEqual(answer["status"], "success", expression)
        rules = [rule for group in json.loads(get(f"{base}/api/v1/rules"))["data"]["groups"] for rule in group["rules"]]
        self.assertEqual(len(rules), len(alert_fields("severity")))
        names = set(json.loads(get(f"{base}/api/v1/label/__name__/values"))["data"])
        for name in ("op_node_default_p2p_peer_count", "opwire_block_age_seconds_bucket", "process_open_fds"):
            self.assertIn(name, names)
        target = json.loads(get(f"{base}/api/v1/targets"))["data"]["activeTargets"][0]
        self.assertEqual((target["health"], target["lastError"]), ("up", ""))
        self.assertTrue(shown)

    @staticmethod
    def has_scraped(base):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                answer = json.loads(get(f"{base}/api/v1/query?query=opwire_block_time_seconds"))
            except OSError:
                answer = None
            if answer and answer["data"]["result"]:
                return True
            time.sleep(0.1)
        return False


if __name__ == "__main__":
    unittest.main()
