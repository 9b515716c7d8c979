using System.Diagnostics;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>
/// The real shell as a user who is not root: with namespaces of their own everything works, and without it is said what is missing.
/// </summary>
public sealed class UnprivilegedTests(ReachablePackages packages) : IClassFixture<ReachablePackages>, IDisposable
{
    private const string Nobody = "65534",
        Other = "65533";

    private static readonly string[] s_asNobody = As(Nobody);

    private readonly string _directory = CreateOpenDirectory();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void PowerShell_is_started_from_the_package_folder_of_another_user()
    {
        (int code, string output, string error) = Run(s_asNobody, ["-Command", "(Get-Command New-BridgeNetwork).Source; exit 7"]);
        Assert.Equal((7, "BridgeNet\n", ""), (code, output, error));
    }

    [Fact]
    public void A_build_lets_other_users_start_its_PowerShell_so_that_their_jobs_work() =>
        Assert.True(File.GetUnixFileMode(PowerShellProcess.Command[^1]).HasFlag(UnixFileMode.OtherExecute));

    [Fact]
    public void The_sandbox_works()
    {
        (int code, string output, string error) = Run(s_asNobody, ["-Sandbox", Path.Combine(Repository.Root, "examples/two-networks.ps1")]);
        Assert.SkipWhen(
            error.Contains("does not let this user create namespaces", StringComparison.Ordinal),
            "this machine lets no user make namespaces"
        );
        Assert.True(code == 0, output + error);
        Assert.Contains("All as expected.", output);
    }

    [Fact]
    public void The_story_works_in_namespaces_of_ones_own()
    {
        (int code, string output, string error) = Run(
            [.. s_asNobody, .. Unshare.ByUser],
            [Path.Combine(Repository.Root, "examples/two-networks.ps1")]
        );
        Assert.True(code == 0, output + error);
        Assert.Contains("All as expected.", output);
        Assert.DoesNotContain("FAILED", output);
    }

    [Theory]
    [InlineData("iptables")]
    [InlineData("nftables")]
    public void Ports_IPv6_and_names_work_in_namespaces_of_ones_own(string backend)
    {
        (int code, string output, string error) = Run(
            [.. s_asNobody, .. Unshare.ByUser],
            [
                "-Command",
                """
                $ErrorActionPreference = 'Stop'
                New-BridgeNetwork web -Subnet 10.50.0.0/24, fd00:50::/64 | Out-Null
                New-BridgeContainer a web -Publish 8080:80 | Out-Null
                New-BridgeContainer b web -Alias other | Out-Null
                "reaches $(Test-BridgeConnection a b -Quiet) $(Test-BridgeConnection a fd00:50::3 -Quiet)"
                "names $((Invoke-BridgeContainer a cat /etc/hosts) -match 'other' -ne $null)"
                "ports $(Get-BridgePort a)"
                Set-BridgeNetwork web -Internal $true 3>$null | Out-Null
                "healthy $(Test-BridgeNetwork)"
                Get-BridgeContainer | Remove-BridgeContainer
                Remove-BridgeNetwork web
                "left $([IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf') -like '*/br-*')"
                """,
            ],
            backend
        );
        Assert.True(code == 0, output + error);
        Assert.Contains("reaches True True", output);
        Assert.Contains("names ", output);
        Assert.Matches("10\\.50\\.0\\.3.*other", output);
        Assert.Contains("8080", output);
        Assert.Contains("healthy True", output);
        Assert.EndsWith("left \n", output);
    }

    [Theory]
    [InlineData("New-BridgeNetwork a", "CAP_NET_ADMIN")]
    [InlineData("New-BridgeContainer c", "CAP_SYS_ADMIN")]
    public void Without_them_it_is_said_which_capability_is_missing(string command, string capability)
    {
        string state = Path.Combine(_directory, "own");
        Assert.Equal($"PermissionDenied True 0", Error([.. Unshare.ByRoot, .. s_asNobody], command, capability, state));
    }

    [Theory]
    [InlineData("Get-BridgeNetwork")]
    [InlineData("New-BridgeNetwork a")]
    [InlineData("Repair-BridgeNetwork")]
    public void The_state_of_another_user_is_neither_read_nor_changed(string command)
    {
        string state = Path.Combine(_directory, "roots");
        Assert.Equal(0, Run(Unshare.ByRoot, ["-Command", "New-BridgeNetwork secret -Subnet 10.77.0.0/24 | Out-Null"], state: state).Code);
        string[] before = Contents(state);
        // Neither as a plain user nor as root of a user namespace, who is nobody to the files of the machine's root.
        Assert.Equal("PermissionDenied True 0", Error([.. Unshare.ByRoot, .. s_asNobody], command, state, state));
        Assert.Equal("PermissionDenied True 0", Error([.. s_asNobody, .. Unshare.ByUser], command, state, state));
        Assert.Equal(before, Contents(state));
    }

    [Fact]
    public void Two_users_without_a_runtime_directory_have_a_state_each()
    {
        foreach (string user in (string[])[Nobody, Other])
        {
            (int code, string output, string error) = Run(
                [.. As(user), .. Unshare.ByUser, .. WithRuntime("")],
                ["-Command", "New-BridgeNetwork web | Out-Null; (Get-BridgeNetwork web).Name"]
            );
            Assert.Equal((0, "web\n", ""), (code, output, error));
        }
        Assert.Equal(
            [$"bridgenet-{Other}", $"bridgenet-{Nobody}"],
            Directory.GetDirectories(_directory, "bridgenet-*").Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("mkdir -m 700 OWN; chown 65533 OWN", "it belongs to a user who is not of this user namespace")]
    [InlineData(
        "mkdir -m 700 THEIRS; chown 65533 THEIRS; ln -s THEIRS OWN; chown -h 65533 OWN",
        "is a symbolic link of a user who is not of this user namespace"
    )]
    [InlineData("mkdir -m 777 THEIRS; ln -s THEIRS OWN; chown -h 65534 OWN", "is a symbolic link of user 0")]
    [InlineData("mkdir -m 777 OWN; chown 65534 OWN", "can be written by every user")]
    public void A_state_replaced_by_another_user_is_refused_with_that_user(string before, string says)
    {
        string own = Path.Combine(_directory, $"bridgenet-{Nobody}"),
            theirs = Path.Combine(_directory, "theirs");
        string Named(string text) => text.Replace("OWN", own, StringComparison.Ordinal).Replace("THEIRS", theirs, StringComparison.Ordinal);
        foreach (string command in Named(before).Split("; "))
        {
            using Process process = Process.Start(command.Split(' ')[0], command.Split(' ')[1..]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
        Assert.Equal(
            "StateUnusable True 0",
            Error([.. s_asNobody, .. Unshare.ByUser, .. WithRuntime("")], "New-BridgeNetwork a", Named(says), state: "")
        );
        Assert.Empty(Directory.Exists(theirs) ? Directory.GetFileSystemEntries(theirs) : []);
    }

    [Fact]
    public void The_runtime_directory_of_another_user_is_left_alone()
    {
        string theirs = Path.Combine(_directory, "run");
        Directory.CreateDirectory(theirs);
        using (Process process = Process.Start("chown", [Other, theirs]))
            process.WaitForExit();
        (int code, string output, string error) = Run(
            [.. s_asNobody, .. Unshare.ByUser, .. WithRuntime(theirs)],
            ["-Command", "New-BridgeNetwork web | Out-Null; (Get-BridgeNetwork web).Name"]
        );
        Assert.Equal((0, "web\n", ""), (code, output, error));
        Assert.True(Directory.Exists(Path.Combine(_directory, $"bridgenet-{Nobody}")));
    }

    [Fact]
    public void Two_sessions_of_one_user_leave_each_others_state_alone()
    {
        // The kernel lets neither open the other's namespace, and says so in the words it has for one that is gone.
        const string Session =
            "\"$0\" -NoProfile -Command 'New-BridgeNetwork web | Out-Null; \"created\"'; read line; \"$0\" -NoProfile -Command '\"$(Get-BridgeNetwork)\"'";
        ProcessStartInfo start = Prepare([.. s_asNobody, .. Unshare.ByUser, "sh", "-c", Session], []);
        start.RedirectStandardInput = true;
        using Process first = Process.Start(start)!;
        string? said = first.StandardOutput.ReadLine();
        Assert.SkipWhen(
            said is null && first.StandardError.ReadToEnd().Contains("unshare failed", StringComparison.Ordinal),
            "this machine lets no user make namespaces"
        );
        Assert.Equal("created", said);
        (int code, string output, string error) = Run(
            [.. s_asNobody, .. Unshare.ByUser],
            ["-NoProfile", "-Command", "\"$(Get-BridgeNetwork)\""]
        );
        Assert.Equal((0, "bridge host none\n", ""), (code, output, error));
        first.StandardInput.WriteLine();
        Assert.Equal("bridge host none web\n", first.StandardOutput.ReadToEnd());
        first.WaitForExit();
    }

    private static string[] As(string user) => ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"];

    /// <summary>A home that is nobody's, so that users do not meet in it, and a directory of the session.</summary>
    private static string[] WithRuntime(string directory) => ["env", "HOME=/nonexistent", $"XDG_RUNTIME_DIR={directory}"];

    private static string[] Contents(string state) =>
        [.. Directory.GetFiles(state).Order().Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}")];

    /// <summary>The error id, whether the message contains a text, and how much came out besides.</summary>
    private string Error(string[] prefix, string command, string says, string state)
    {
        (_, string output, string error) = Run(
            prefix,
            [
                "-Command",
                $"$found = @(); try {{ $found = @({command} -ErrorAction Stop) }} catch {{ \"$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.Exception.Message.Contains('{says}')) $($found.Count)\" }}",
            ],
            state: state
        );
        Assert.Equal("", error);
        return output.Trim();
    }

    private (int Code, string Output, string Error) Run(string[] prefix, string[] arguments, string? backend = null, string? state = null)
    {
        (int code, string output, string error) = ProcessOutput.Of(Prepare(prefix, arguments, backend, state));
        Assert.SkipWhen(error.Contains("unshare failed", StringComparison.Ordinal), "this machine lets no user make namespaces");
        return (code, output, error);
    }

    private ProcessStartInfo Prepare(string[] prefix, string[] arguments, string? backend = null, string? state = null)
    {
        Assert.SkipUnless(UserNamespace.IsRealRoot, "needs root of the machine, to become another user");
        foreach (string program in (string[])["setpriv", "unshare"])
            Assert.SkipWhen(InstalledProgram.Find(program) is null, $"{program} (util-linux) is not installed");
        Assert.SkipWhen(backend == "iptables" && InstalledProgram.Find("iptables-restore") is null, "iptables is not installed");
        ProcessStartInfo start = new(prefix[0], [.. prefix[1..], Launcher.Program, .. arguments]);
        start.Environment["HOME"] = start.Environment["TMPDIR"] = _directory;
        start.Environment["NUGET_PACKAGES"] = packages.Folder;
        start.Environment["BRIDGENET_STATE"] = state ?? "";
        start.Environment["BRIDGENET_FIREWALL"] = backend ?? "";
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private static string CreateOpenDirectory()
    {
        string directory = Directory.CreateTempSubdirectory("bridgenet-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b001_111_111_111); // as /tmp
        return directory;
    }
}
