using System.Diagnostics;
using System.Text.RegularExpressions;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>The tests of packets, ports, names and programs once more, by a user who is not root, in namespaces of their own.</summary>
public sealed partial class UnprivilegedTests
{
    [Theory]
    [InlineData("-class", "BridgeNet.Kernel.Tests.EngineTests")]
    [InlineData("-class", "BridgeNet.Kernel.Tests.Namespaces.ContainerViewTests")]
    [InlineData("-namespace", "BridgeNet.Kernel.Tests.Packets")]
    public async Task What_works_for_root_works_for_a_user_with_namespaces_of_their_own(string option, string name)
    {
        Assert.SkipUnless(UserNamespace.IsRealRoot, "needs root of the machine, to become another user");
        foreach (string program in (string[])["setpriv", "unshare"])
            Assert.SkipWhen(ProgramPath.Find(program) is null, $"{program} (util-linux) is not installed");
        ProcessStartInfo start = new(
            ProgramPath.Find("setpriv")!,
            [
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                .. Unshare.ByUser,
                Environment.ProcessPath!,
                "-noColor",
                option,
                name,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = "/tmp";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            error = await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(error.Contains("unshare failed", StringComparison.Ordinal), "this machine lets no user make namespaces");
        Match sums = Sums().Match(output);
        Assert.True(process.ExitCode == 0 && sums.Success, output + error);
        Assert.InRange(int.Parse(sums.Groups["total"].Value), 4, int.MaxValue);
        Counts.Print($"{name} as a user: {sums.Groups["total"].Value} tests, {sums.Groups["skipped"].Value} skipped");
    }

    [GeneratedRegex(@"Total: (?<total>\d+), Errors: 0, Failed: 0, Skipped: (?<skipped>\d+)")]
    private static partial Regex Sums();
}
