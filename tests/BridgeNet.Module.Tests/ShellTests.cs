using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>BridgeNet.Shell as a process whose output is not a terminal; touches no network.</summary>
public sealed partial class ShellTests : IDisposable
{
    private const int Interrupt = 2;

    private readonly string _directory = Directory.CreateTempSubdirectory("bridgenet shell-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Tables_come_without_colours() =>
        Assert.Equal(new(0, "\na b\n- -\n1 2\n\n", ""), Launcher.Run("-Command", "[pscustomobject]@{ a = 1; b = 2 }"));

    [Fact]
    public void Errors_come_without_colours()
    {
        ProcessOutput output = Launcher.Run("-Command", "Get-BridgeNetwork ''");
        Assert.Equal(1, output.Code);
        Assert.StartsWith("Get-BridgeNetwork: ", output.Error);
        Assert.DoesNotContain('\e', output.Text + output.Error);
    }

    [Fact]
    public void It_is_the_PowerShell_that_the_tool_manifest_names()
    {
        using JsonDocument tools = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".config/dotnet-tools.json")));
        string? version = tools.RootElement.GetProperty("tools").GetProperty("powershell").GetProperty("version").GetString();
        Assert.Equal(new(0, $"{version}\n", ""), Launcher.Run("-NoProfile", "-Command", "$PSVersionTable.PSVersion.ToString()"));
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'x'", 1)]
    [InlineData("1", 0)]
    public void The_exit_code_is_that_of_the_command(string command, int code)
    {
        Assert.Equal(code, Launcher.Run("-Command", command).Code);
        Assert.Equal(code, Launcher.Run(Script(command)).Code);
        Assert.Equal(code, Launcher.Run("-NoProfile", "-File", Script(command)).Code);
    }

    [Fact]
    public void A_script_gets_its_arguments_as_they_are_and_stays_where_it_was_started()
    {
        string script = Script("$args.Count; $args; $PWD.Path");
        string[] arguments = ["a b", "it's", "say \"hi\"", "$HOME", "", "*", "-Sandbox"];
        ProcessOutput output = ProcessOutput.Of(
            new ProcessStartInfo(Launcher.Program, [Path.GetFileName(script), .. arguments]) { WorkingDirectory = _directory }
        );
        Assert.Equal(new(0, string.Join('\n', [$"{arguments.Length}", .. arguments, _directory, ""]), ""), output);
    }

    [Fact]
    public void Commands_and_data_come_from_standard_input()
    {
        Assert.Equal(
            new(0, "2\nthree\n", ""),
            ProcessOutput.Of(new ProcessStartInfo(Launcher.Program, ["-Command", "-"]), "1 + 1\n'three'\n")
        );
        Assert.Equal(
            new(0, "got a\ngot b\n", ""),
            ProcessOutput.Of(new ProcessStartInfo(Launcher.Program, ["-Command", "$input | ForEach-Object { \"got $_\" }"]), "a\nb\n")
        );
    }

    [Fact]
    public void A_file_that_does_not_exist_is_an_error()
    {
        ProcessOutput output = Launcher.Run("nosuch.ps1");
        Assert.NotEqual(0, output.Code);
        Assert.Contains("nosuch.ps1", output.Error);
    }

    [Fact]
    public void Jobs_have_the_module_too() =>
        Assert.Equal(
            new(0, "BridgeNet\nBridgeNet\n", ""),
            Launcher.Run(
                "-Command",
                "Start-Job { (Get-Command New-BridgeNetwork).Source } | Receive-Job -Wait; Start-ThreadJob { (Get-Command New-BridgeNetwork).Source } | Receive-Job -Wait"
            )
        );

    [Fact]
    public void It_has_what_a_pwsh_has() =>
        Assert.Equal(
            new(0, "{\"a\":1}\nPSReadLine\n", ""),
            Launcher.Run(
                "-Command",
                "[pscustomobject]@{ a = 1; b = 2 } | Select-Object a | ConvertTo-Json -Compress; (Get-Module -ListAvailable PSReadLine).Name"
            )
        );

    [Fact]
    public void Ctrl_C_ends_it_and_leaves_no_process()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setsid"), "setsid (util-linux) is not installed");
        Assert.SkipWhen(IsIgnored(Interrupt), "SIGINT is ignored here, as nohup and a shell's background leave it for all that they start");
        // A process group of its own, as a terminal makes it for a command.
        ProcessStartInfo start = new("/usr/bin/setsid", [Launcher.Program, "-Command", "$PID; Start-Sleep 1000; 'went on'"])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        // It has become pwsh itself, so there is none that could die before the other.
        Assert.Equal($"{process.Id}", process.StandardOutput.ReadLine());
        Assert.Equal(0, Kill(-process.Id, Interrupt));
        Assert.Equal("", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
    }

    // The bit of a signal is that of its number less one (proc_pid_status(5)).
    private static bool IsIgnored(int signal) =>
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line[7..].Trim(), 16) >> (signal - 1) & 1) != 0;

    [Theory]
    [InlineData("-?")]
    [InlineData("-Help")]
    public void Help_says_how_it_is_started(string option)
    {
        ProcessOutput output = Launcher.Run(option);
        Assert.Equal((0, ""), (output.Code, output.Error));
        Assert.Contains("-Sandbox", output.Text);
    }

    [Fact]
    public void A_sandbox_is_one_process_with_a_network_and_a_state_of_its_own()
    {
        ProcessStartInfo start = new(
            Launcher.Program,
            ["-sandbox", "-Command", "$PID; (Get-Content /proc/self/net/dev).Count - 2; \"state '$env:BRIDGENET_STATE'\"; exit 7"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BRIDGENET_STATE"] = "/nowhere";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(),
            error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(
            error.Contains("does not let this user create namespaces", StringComparison.Ordinal),
            "this user can create no namespaces here"
        );
        Assert.Equal($"{process.Id}\n1\nstate ''\n", output);
        Assert.Equal(7, process.ExitCode);
    }

    [Fact]
    public void A_sandbox_without_unshare_says_what_to_install()
    {
        ProcessStartInfo start = new(Launcher.Program, ["-Sandbox", "-Command", "1"]);
        start.Environment["PATH"] = _directory;
        ProcessOutput output = ProcessOutput.Of(start);
        Assert.Equal((1, ""), (output.Code, output.Text));
        Assert.Contains("install the package util-linux", output.Error);
    }

    [Fact]
    public void A_sandbox_that_the_kernel_refuses_says_what_to_do()
    {
        string unshare = Path.Combine(_directory, "unshare");
        File.WriteAllText(unshare, "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n");
        File.SetUnixFileMode(unshare, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ProcessStartInfo start = new(Launcher.Program, ["-Sandbox", "-Command", "1"]);
        start.Environment["PATH"] = $"{_directory}:/usr/bin:/bin";
        ProcessOutput output = ProcessOutput.Of(start);
        Assert.Equal((1, ""), (output.Code, output.Text));
        Assert.Contains("Operation not permitted", output.Error);
        Assert.Contains("Run the command as root", output.Error);
    }

    private string Script(string text)
    {
        string path = Path.Combine(_directory, "a script.ps1");
        File.WriteAllText(path, text);
        return path;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
