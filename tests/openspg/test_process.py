"""Which process the server is, and what it was told: tables below a root of their own, and real Java processes."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from openspg.test_settings import ELSEWHERE, JDBC, USUAL, process, said

from netdiag.openspg import find, java, jdbc
from netdiag.openspg.spring import Settings

JAR = "arks-sofaboot-0.0.1-SNAPSHOT-executable.jar"
HOST = "server.repository.impl.jdbc.host"
URL = "server.repository.impl.jdbc.url"
START = ("sh", "-c", f'java -Xmx1g -jar {JAR} --{HOST}=$DB_HOST "--{HOST[:-4]}password=$DB_PASSWORD"')


def database(root: Path):
    """What is found below a root, as a table shows it."""
    return said(find(root, ELSEWHERE, in_container=True, named=False).database)


NOT_IT = {
    "the shell that starts it": START,
    "a tail of its log": ("tail", "-f", "/home/admin/logs/arks-sofaboot.log"),
    "a grep": ("grep", "-r", "java", "arks-sofaboot.log", f"{JDBC}host"),
    "a shell that looks for it": ("sh", "-c", f"ps aux | grep java | grep {JAR}"),
    "an editor of the jar": ("vim", JAR),
    "a copy of the jar": ("cp", "-r", JAR, "/tmp/java"),
    "another Java": ("/usr/bin/java", "-jar", "jenkins.jar", "--httpPort=1"),
    "a tool of Java's": ("/usr/bin/jar", "-tf", JAR),
}


@pytest.mark.parametrize("other", NOT_IT.values(), ids=NOT_IT)
def test_what_only_names_the_server(tmp_path, other):
    """Whatever has the server's jar or a setting in its words, the Java counts, and without one nothing does."""
    process(tmp_path, 1, other, DB_HOST="shell")
    assert (database(tmp_path) is not None) is (other is START)
    process(tmp_path, 9, ("/usr/lib/jvm/bin/java", "-jar", JAR, f"{JDBC}host=real", f"{JDBC}password=x"))
    assert database(tmp_path) == ("real", 3306, "root", "x", "openspg")


def test_the_shell_before_it_starts_java(tmp_path):
    """What the shell has not filled in is nobody's value; what stands in its command is."""
    process(tmp_path, 1, (*START[:2], f"exec {START[2]} {JDBC}port=3307"), DB_HOST="shell")
    assert database(tmp_path) == ("mysql", 3307, "root", "openspg", "openspg")


JSON = '{"server": {"repository": {"impl": {"jdbc": {"host": "json", "port": 3311}}}}}'
SOURCES = {
    "an argument": ((f"--{HOST}=arg",), (f"-D{HOST}=prop",), {"SPRING_APPLICATION_JSON": JSON}, "arg", 3311),
    "JSON before a property": ((), (f"-D{HOST}=prop",), {"SPRING_APPLICATION_JSON": JSON}, "json", 3311),
    "JSON as a property": ((), (f"-Dspring.application.json={JSON}",), {}, "json", 3311),
    "JSON as an argument": ((f"--spring.application.json={JSON}",), (), {}, "json", 3311),
    "JSON with dotted names": ((), (), {"SPRING_APPLICATION_JSON": f'{{"{HOST}": "dotted"}}'}, "dotted", 3306),
    "no JSON": ((), (), {"SPRING_APPLICATION_JSON": "{"}, "mysql", 3306),
    "a property before a variable": (
        (),
        (f"-D{HOST}=prop",),
        {"SERVER_REPOSITORY_IMPL_JDBC_HOST": "env"},
        "prop",
        3306,
    ),
    "a variable": ((), (), {"SERVER_REPOSITORY_IMPL_JDBC_HOST": "env"}, "env", 3306),
    "a variable in small letters": ((), (), {"server_repository_impl_jdbc_host": "env"}, "env", 3306),
    "a variable with dots": ((), (), {HOST: "env"}, "env", 3306),
    "JAVA_TOOL_OPTIONS": ((), (), {"JAVA_TOOL_OPTIONS": f"-Xmx1g -D{HOST}=tool"}, "tool", 3306),
    "a property before the tools'": (
        (),
        (f"-D{HOST}=prop",),
        {"JAVA_TOOL_OPTIONS": f"-D{HOST}=a"},
        "prop",
        3306,
    ),
    "_JAVA_OPTIONS before a property": ((), (f"-D{HOST}=prop",), {"_JAVA_OPTIONS": f"-D{HOST}='last'"}, "last", 3306),
    "a property behind the jar is none": ((f"-D{HOST}=late",), (), {}, "mysql", 3306),
    "a placeholder": ((f"--{HOST}=${{DB_HOST}}",), (), {"DB_HOST": "filled"}, "filled", 3306),
    "a placeholder's default": ((f"--{HOST}=${{DB_HOST:other}}",), (), {}, "other", 3306),
    "nested placeholders": ((f"--{HOST}=${{A:${{B:inner}}}}",), (), {"B": "deep"}, "deep", 3306),
    "a placeholder of itself": ((f"--{HOST}=${{{HOST}}}",), (), {}, "mysql", 3306),
    "a placeholder that nobody fills in": ((f"--{HOST}=${{NOBODY}}",), (), {}, "mysql", 3306),
    "a URL of placeholders": (
        (f"--{URL}=jdbc:mysql://${{DB_HOST:db}}:${{DB_PORT:3399}}/openspg?useUnicode=true",),
        (),
        {"DB_HOST": "filled"},
        "filled",
        3399,
    ),
    "OpenSPG's own URL": ((f"--{URL}=jdbc:mysql://${{{HOST}}}:3308/openspg", f"--{HOST}=named"), (), {}, "named", 3308),
    "its placeholder without a value": ((f"--{URL}=jdbc:mysql://${{{HOST}}}:3308/openspg",), (), {}, "mysql", 3308),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_where_a_setting_comes_from(tmp_path, source):
    """Spring's order: arguments, JSON, properties, variables; placeholders take theirs from the same sources."""
    arguments, properties, environ, host, port = source
    process(tmp_path, 1, ("java", "-cp", "x:y", *properties, "-jar", JAR, *arguments), **environ)
    assert database(tmp_path) == (host, port, "root", "openspg", "openspg")


def test_settings_in_the_environment_only(tmp_path):
    """A Java whose jar has another name is the server where its environment says so."""
    process(tmp_path, 1, ("java", "-jar", "app.jar"), SERVER_REPOSITORY_IMPL_JDBC_PASSWORD="e")
    assert database(tmp_path) == ("mysql", 3306, "root", "e", "openspg")


FILES = {
    "application.properties": "# the database\nserver.repository.impl.jdbc.host : file\nserver.port=9000\n",
    "config/application.yml": "server:\n  repository.impl.jdbc: {host: yaml, password: 'p w'}\n",
}


@pytest.mark.parametrize(
    ("names", "arguments", "wanted"),
    [
        (("application.properties",), (), ("file", *USUAL[1:])),
        (tuple(FILES), (), ("yaml", 3306, "root", "p w", "openspg")),
        (tuple(FILES), (f"--{HOST}=arg",), ("arg", 3306, "root", "p w", "openspg")),
        (tuple(FILES), ("--spring.config.location=file:./application.properties",), ("file", *USUAL[1:])),
    ],
    ids=["beside the jar", "config before it", "an argument before both", "named"],
)
def test_files_beside_the_jar(tmp_path, names, arguments, wanted):
    """A file that a deployment mounts beside the jar says where the database is, unless something else does."""
    process(tmp_path, 1, ("java", "-jar", JAR, *arguments))
    for name in names:
        file = tmp_path / "proc/1/cwd" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FILES[name])
    assert database(tmp_path) == wanted


URLS = {
    "jdbc:mysql://db:3307/spg": ("db", "3307", "spg", None, None),
    "jdbc:mysql://db/spg?useUnicode=true&amp;user=u&password=p%26w": ("db", "", "spg", "u", "p&w"),
    "jdbc:mariadb://db:3307/": ("db", "3307", "", None, None),
    "jdbc:mysql:///spg": ("localhost", "", "spg", None, None),
    "jdbc:mysql://one:1,two:2/spg": ("one", "1", "spg", None, None),
    "jdbc:mysql:loadbalance://one,two/spg": ("one", "", "spg", None, None),
    "jdbc:mysql:replication://one:1,two:2,three/spg": ("one", "1", "spg", None, None),
    "jdbc:mariadb:sequential://one:1,two:2/spg": ("one", "1", "spg", None, None),
    "jdbc:mysql://[fd00::2]:3307/spg": ("fd00::2", "3307", "spg", None, None),
    "jdbc:mysql://[one:1,two:2]/spg": ("one", "1", "spg", None, None),
    "jdbc:mysql://u:p%40w@db:1/spg": ("db", "1", "spg", "u", "p@w"),
    "jdbc:mysql://address=(protocol=tcp)(host=one)(port=1),address=(host=two)/spg": ("one", "1", "spg", None, None),
    "jdbc:mysql://(host=one,port=1,user=u,password=p),(host=two)/spg": ("one", "1", "spg", "u", "p"),
}


@pytest.mark.parametrize(("url", "wanted"), URLS.items())
def test_a_url_of_java(url, wanted):
    """Of several hosts the first is the one that is written to; user and password may stand in the URL."""
    assert jdbc.parsed(url) == wanted


@pytest.mark.parametrize(
    "url", ["", "mysql://h/d", "jdbc:postgresql://h/d", "jdbc:mysql+srv://h/d", "jdbc:mysql://h:x/d"]
)
def test_no_url_of_java(url):
    """What is none names no database."""
    assert jdbc.parsed(url) is None


def test_placeholders_are_bounded():
    """Settings that name each other many times over end soon, and without a value."""
    many = [f"--a{n}=" + f"${{a{n + 1}}}" * 9 for n in range(20)]
    began = time.monotonic()
    assert Settings(many).get("a0") is None
    assert time.monotonic() - began < 1


# ---- real Java processes

SLEEP = """
public class Sleep {
    public static void main(String[] words) throws Exception {
        System.out.println(System.getProperty("netdiag") + " " + String.join(" ", words));
        System.out.flush();
        Thread.sleep(60000);
    }
}
"""


@pytest.fixture(scope="module")
def jar(tmp_path_factory, require):
    """The directory of a jar by the server's name whose program prints what it was told, and sleeps."""
    if not all(map(shutil.which, ("java", "javac", "jar"))):
        require("java", "there is no JDK; run, as root on a Debian: apt-get install default-jdk-headless")
    directory = tmp_path_factory.mktemp("jar")
    (directory / "Sleep.java").write_text(SLEEP)
    for command in (("javac", "Sleep.java"), ("jar", "cfe", JAR, "Sleep", "Sleep.class")):
        subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=120)
    return directory


@contextlib.contextmanager
def running(root: Path, command: tuple[str, ...], directory: Path, **environ: str):
    """Put a command, its children and a tail below ``root`` once its Java speaks; yields what that said."""
    (root / "proc").mkdir(parents=True, exist_ok=True)
    options = {"cwd": directory, "stderr": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    environ = {"PATH": os.environ["PATH"], **environ}
    with (
        subprocess.Popen(("tail", "-f", "Sleep.java", JAR), **options) as tail,
        subprocess.Popen(command, env=environ, **options) as started,
    ):
        assert started.stdout is not None
        line = started.stdout.readline().strip()
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
        numbers = [*map(int, children), started.pid, tail.pid]
        for number in numbers:
            (root / "proc" / str(number)).symlink_to(Path("/proc") / str(number))
        try:
            yield line
        finally:
            for number in numbers:
                os.kill(number, signal.SIGKILL)


COMMANDS = {
    "a shell that goes on": (("sh", "-c", f"java -jar {JAR} --{HOST}=$DB_HOST --x; :"), {"DB_HOST": "real"}, "real"),
    "a shell that becomes it": (("sh", "-c", f"exec java -jar {JAR} --{HOST}=$DB_HOST"), {"DB_HOST": "real"}, "real"),
    "JSON": (("java", "-jar", JAR), {"SPRING_APPLICATION_JSON": JSON}, "json"),
    "a variable": (("java", "-jar", JAR), {"SERVER_REPOSITORY_IMPL_JDBC_HOST": "env"}, "env"),
    "a file of arguments": (("java", "@words", f"--{HOST}=told"), {}, "told"),
}


@pytest.mark.parametrize(("command", "environ", "host"), COMMANDS.values(), ids=COMMANDS)
def test_a_real_java(jar, tmp_path, command, environ, host):
    """Beside the shell that started it and a tail of its files, the Java is found and what it was told is read."""
    (jar / "words").write_text(f'# the jar\n-Xmx64m "-Dnetdiag=in a file"\n-jar {JAR}\n')
    with running(tmp_path, command, jar, **environ):
        assert database(tmp_path)[0] == host


@pytest.mark.parametrize(
    ("words", "environ"),
    [
        (("-Dnetdiag=1", "-Dnetdiag=2", "-jar", JAR, "-Dnetdiag=3", "a=b"), {}),
        (("-cp", JAR, "-Dnetdiag=1", "Sleep", "-jar", "x"), {}),
        (("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Dnetdiag=1", "-jar", JAR), {}),
        (("-jar", JAR), {"JAVA_TOOL_OPTIONS": "-Dnetdiag='a b'"}),
        (("-jar", JAR), {"JAVA_TOOL_OPTIONS": "-Dnetdiag=1", "JDK_JAVA_OPTIONS": "-Dnetdiag=2"}),
        (("-Dnetdiag=3", "-jar", JAR), {"JDK_JAVA_OPTIONS": "-Dnetdiag=2"}),
        (("-Dnetdiag=3", "-jar", JAR), {"_JAVA_OPTIONS": "-Dnetdiag=4"}),
        (("@words", "@@x", "@words"), {}),
    ],
    ids=["properties", "a class", "values", "tool", "JDK", "the line", "last", "files"],
)
def test_java_is_the_judge(jar, tmp_path, words, environ):
    """What netdiag makes of a command line is what Java makes of it."""
    (jar / "words").write_text(f'# the jar\n-Xmx64m "-Dnetdiag=in a file"\n-jar {JAR}\n')
    with running(tmp_path, ("java", *words), jar, **environ) as told:
        line = java.parsed(words, environ, lambda name: (jar / name).read_text())
    assert told == " ".join((line.properties.get("netdiag", "null"), *line.arguments)).strip()
