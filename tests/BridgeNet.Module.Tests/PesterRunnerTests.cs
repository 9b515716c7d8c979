using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>What the runner of the Pester files reports of files that go wrong: a broken file must never pass.</summary>
public sealed partial class PesterRunnerTests
{
    private static readonly string s_samples = Path.Combine(Repository.Root, "tests/BridgeNet.Pester.Tests/Samples");

    /// <summary>The one that tests run on, or all that the restore brings.</summary>
    public static TheoryData<string> Versions
    {
        get
        {
            string[] known = XDocument
                .Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
                .Descendants("PesterVersions")
                .Single()
                .Value.Split(';');
            return [.. Environment.GetEnvironmentVariable("BRIDGENET_PESTER_VERSIONS") == "all" ? known : known[..1]];
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_failure_is_reported_and_what_passed_before_it(string version)
    {
        string[] files =
        [
            .. Directory.GetFiles(s_samples).Select(static file => Path.GetFileName(file)).Where(static name => name != "Hangs.Tests.ps1"),
        ];
        ProcessOutput output = Run(version, ["--file", .. files]);
        Assert.Equal(2, output.Code); // at least one test failed
        Assert.Equal(
            [
                "failed DiscoveryFails.Tests.ps1",
                "failed Empty.Tests.ps1",
                "failed Exits.Tests.ps1",
                "failed FileSetUpFails.Tests.ps1",
                "failed FileSetUpFails.Tests.ps1: A file that fails to set up.does not run",
                "failed IsKilled.Tests.ps1",
                "failed Outcomes.Tests.ps1: Outcomes.fails",
                "failed ParseError.Tests.ps1",
                "failed SetUpFails.Tests.ps1: Set up.that fails (setup or teardown)",
                "failed SetUpFails.Tests.ps1: Set up.that fails.does not run",
                "failed TearDownFails.Tests.ps1: Tear down (setup or teardown)",
                "passed Exits.Tests.ps1: A file that exits.passes first",
                "passed IsKilled.Tests.ps1: A file whose process is killed.passes first",
                "passed Leaves.Tests.ps1: A file that leaves a program behind.passes",
                "passed Outcomes.Tests.ps1: Outcomes.counts 1",
                "passed Outcomes.Tests.ps1: Outcomes.counts 2",
                "passed Outcomes.Tests.ps1: Outcomes.passes",
                "passed Outcomes.Tests.ps1: Outcomes.prints \"quotes\", ünïcode and a line",
                "passed SetUpFails.Tests.ps1: Set up.runs before",
                "passed TearDownFails.Tests.ps1: Tear down.passes all the same",
                "skipped Outcomes.Tests.ps1: Outcomes.is skipped",
                "skipped Outcomes.Tests.ps1: Outcomes.skips itself",
            ],
            Outcomes(output.Text, version)
        );
        foreach (
            string text in new[]
            {
                "Expected 2, because a sample has to, but got 1.",
                $"at {s_samples}/Outcomes.Tests.ps1:3",
                "because there is nothing to test",
                "no lab here",
                "no file lab here",
                "something is left",
                "not to be discovered",
                "Missing closing '}'",
                "Exits.Tests.ps1 ended before its tests did",
                "the last words",
                "Empty.Tests.ps1 has no tests",
            }
        )
            Assert.Contains(text, output.Text);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_file_that_does_not_end_is_ended(string version)
    {
        ProcessOutput output = Run(version, "--file", "Hangs", "--file-timeout", "10");
        Assert.Equal(2, output.Code);
        Assert.Contains("failed Hangs.Tests.ps1", Outcomes(output.Text, version));
        Assert.Contains("Hangs.Tests.ps1 took longer than 10 s", output.Text);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Tests_are_listed_and_one_is_run_by_its_place(string version)
    {
        ProcessOutput output = Run(version, "--list-tests", "--file", "Outcomes", "Exits");
        Assert.Equal(0, output.Code);
        Assert.Contains("Outcomes.Tests.ps1: Outcomes.fails", output.Text);
        Assert.Contains("Exits.Tests.ps1: A file that exits.never comes", output.Text);
        output = Run(version, "--filter-uid", $"[nftables, Pester {version}] Outcomes.Tests.ps1/Outcomes.passes#1");
        Assert.Equal(0, output.Code);
        Assert.Equal(["passed Outcomes.Tests.ps1: Outcomes.passes"], Outcomes(output.Text, version));
    }

    private static ProcessOutput Run(string version, params string[] arguments)
    {
        ProcessStartInfo start = new(
            Repository.Program("tests/BridgeNet.Pester.Tests"),
            [
                "--folder",
                s_samples,
                "--firewall",
                "nftables",
                "--pester",
                version,
                "--output",
                "Detailed",
                "--no-ansi",
                "--no-progress",
                .. arguments,
            ]
        );
        // It is not a part of the test run that this is.
        foreach (
            string name in start
                .Environment.Keys.Where(static name => name.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal))
                .ToArray()
        )
            start.Environment.Remove(name);
        ProcessOutput output = ProcessOutput.Of(start);
        Assert.SkipWhen(
            output.Text.Contains("can create no namespaces", StringComparison.Ordinal),
            "this user can create no namespaces here"
        );
        return output;
    }

    private static string[] Outcomes(string output, string version) =>
        [
            .. Line()
                .Matches(output)
                .Where(line => line.Groups[2].Value == version)
                .Select(static line => $"{line.Groups[1]} {line.Groups[3]}")
                .Order(StringComparer.Ordinal),
        ];

    [GeneratedRegex(@"^(passed|failed|skipped) \[nftables, Pester ([0-9.]+)\] (.+) \([^()]+\)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
