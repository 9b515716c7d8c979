using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Core.Tests.Requests;

public sealed class HostNameRulesTests
{
    [Theory]
    [InlineData("c1")]
    [InlineData("7a")]
    [InlineData("7.example")]
    [InlineData("123456789012")]
    [InlineData("_dmarc.Example.test")]
    [InlineData("my_db-1")]
    [InlineData("c1-")]
    [InlineData("a.b.c.d")]
    [InlineData("1.2.3.4.5")]
    public void These_are_names(string name) => Assert.True(HostNameRules.IsName(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("-c1")]
    [InlineData("a.-b")]
    [InlineData("a..b")]
    [InlineData("..")]
    [InlineData("../etc")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\n")]
    [InlineData("a\n1.2.3.4 b")]
    [InlineData("a\r")]
    [InlineData("a\0b")]
    [InlineData("a#b")]
    [InlineData("café")]
    [InlineData("a\u2028b")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3")]
    [InlineData("7")]
    [InlineData("127.1")]
    [InlineData("0x7f000001")]
    [InlineData("0X7F.1")]
    [InlineData("017700000001")]
    [InlineData("2130706433")]
    [InlineData("999.2.3.4")]
    [InlineData("fd00::1")]
    public void These_are_not_and_the_problem_says_so_on_one_line(string name)
    {
        List<Problem> problems = [];
        HostNameRules.Check("an alias", name, problems);
        Problem problem = Assert.Single(problems);
        Assert.Equal((ErrorIds.InvalidOption, ProblemCategory.InvalidArgument), (problem.ErrorId, problem.Category));
        Assert.Equal(name, problem.Target);
        Assert.DoesNotContain(problem.Message, char.IsControl);
    }

    [Fact]
    public void A_label_has_63_letters_a_name_253_and_a_hostname_64()
    {
        string label = new('a', 63);
        Assert.True(HostNameRules.IsName(label));
        Assert.False(HostNameRules.IsName(label + "a"));
        string longest = $"{label}.{label}.{label}.{label[..61]}";
        Assert.True(HostNameRules.IsName(longest));
        Assert.False(HostNameRules.IsName(longest + "a"));
        Assert.Empty(ProblemsOf(new() { Hostname = label }));
        Assert.Contains("65 letters", Assert.Single(ProblemsOf(new() { Hostname = $"{label}.a" })).Message);
        Assert.Single(ProblemsOf(new() { Hostname = label, DomainName = longest }));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("7", false)]
    [InlineData("10.1", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("[fd00::1]", false)]
    [InlineData("[fd00::1]:53", false)]
    [InlineData(" 10.0.0.1", false)]
    [InlineData("10.0.0.1\n", false)]
    [InlineData("fd00::1 ", false)]
    [InlineData("host", false)]
    [InlineData("", false)]
    public void An_address_is_what_people_write(string text, bool good) => Assert.Equal(good, HostNameRules.ParseAddress(text) is not null);

    [Fact]
    public void All_problems_of_a_request_are_reported_together()
    {
        List<Problem> problems = ProblemsOf(
            new()
            {
                Hostname = "a b",
                DomainName = "-",
                AddHost = ["x", "a b:1.2.3", "ok:1.2.3.4", "ok:host-gateway", "gw:host-Gateway"],
                Dns = ["10.9.9.9", "dns.test"],
                DnsSearch = [".", "corp.test.", "corp..test"],
                DnsOption = ["ndots:2", "rotate", "a b", "x\n"],
            }
        );
        Assert.Equal(
            ["a b", "-", "corp..test", "a b", "x\n", "x", "a b", "a b:1.2.3", "gw:host-Gateway", "dns.test"],
            problems.Select(problem => (string)problem.Target!)
        );
        Assert.All(problems, problem => Assert.Equal(ErrorIds.InvalidOption, problem.ErrorId));
    }

    /// <summary>
    /// Whatever anybody types, as any of the things that get into the two files: each line of them stays one that we meant.
    /// </summary>
    [Fact]
    public void Hostile_text_never_gets_into_a_file()
    {
        var random = new Random(20261124);
        Regex hostsLine = new(@"\A[0-9a-f.:]+(\t| )[A-Za-z0-9_][A-Za-z0-9_.-]*( [A-Za-z0-9_][A-Za-z0-9_.-]*)*\z");
        Regex resolvLine = new(@"\A(nameserver [0-9a-f.:]+|search( [A-Za-z0-9_][A-Za-z0-9_.-]*)+|options( [a-z][a-z0-9-]*(:[0-9]+)?)+)\z");
        int let = 0;
        for (int i = 0; i < 60_000; i++)
        {
            string text = Hostile(random);
            NameSettings settings = NameSettings.Read(
                new()
                {
                    Hostname = text,
                    DomainName = text,
                    AddHost = [text, $"{text}:1.2.3.4", $"x:{text}"],
                    Dns = [text],
                    DnsSearch = [text],
                    DnsOption = [text],
                },
                []
            );
            string hosts = HostsFile.Build([
                .. settings.AddedHosts.Select(host => new HostsEntry([host.Address ?? IPAddress.Loopback], [host.Name])),
                new([IPAddress.Loopback, IPAddress.IPv6Loopback], [text, $"{settings.Hostname}.{settings.DomainName}", "c1", text]),
            ]);
            // The host's own file is read too; ours is to stay whole whatever is in that.
            string resolv = ResolvConf.Build(
                $"nameserver {text}\nsearch {text}\noptions {text}\n{text}",
                $"nameserver {text}",
                settings,
                true
            );
            if (HostNameRules.IsName(text))
                let++;
            AssertLines(hosts, hostsLine, text);
            AssertLines(resolv, resolvLine, text);
            Assert.InRange(hosts.Count(letter => letter == '\n'), 9, 12);
            Assert.InRange(resolv.Count(letter => letter == '\n'), 2, 8);
        }
        Assert.InRange(let, 1_000, 50_000); // the test would prove nothing if all were refused, or none
    }

    private static void AssertLines(string text, Regex line, string typed)
    {
        Assert.EndsWith("\n", text);
        foreach (
            string written in text[..^1]
                .Split('\n')
                .Where(written => !written.StartsWith("# Written by BridgeNet, ") && !written.StartsWith("# No name server: "))
        )
            Assert.True(line.IsMatch(written), $"'{written}' came of '{typed}'");
    }

    private static string Hostile(Random random)
    {
        string[] pieces =
        [
            "\n",
            "\r\n",
            "\0",
            "#",
            ";",
            " ",
            "\t",
            "..",
            ".",
            "-",
            "_",
            "\\",
            "/",
            "%",
            ":",
            "=",
            "[",
            "]",
            "1.2.3.4",
            "::1",
            "host-gateway",
            "nameserver 6.6.6.6",
            "\n6.6.6.6 evil",
            "localhost",
            "é",
            "\u0085",
            "\u2028",
            "\ud800",
            "\u200b",
            "\x1b[2J",
            "\v",
            "\f",
            "7",
            "ndots:1",
        ];
        StringBuilder text = new();
        // Half of them are nearly good, for there the mistakes would be.
        int length = random.Next(random.Next(20) == 0 ? 300 : 12);
        bool nearlyGood = random.Next(2) == 0;
        for (int i = 0; i < length; i++)
            text.Append(nearlyGood && random.Next(8) > 0 ? ((char)('a' + random.Next(26))).ToString() : pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }

    private static List<Problem> ProblemsOf(NameRequest request)
    {
        List<Problem> problems = [];
        NameSettings.Read(request, problems);
        return problems;
    }
}
