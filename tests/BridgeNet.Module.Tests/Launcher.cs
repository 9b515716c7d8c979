using System.Diagnostics;

namespace BridgeNet.Module.Tests;

/// <summary>The program BridgeNet.Shell, as built with these tests.</summary>
internal static class Launcher
{
    public static string Program { get; } = Repository.Program("src/BridgeNet.Shell");

    public static ProcessOutput Run(params string[] arguments) => ProcessOutput.Of(new ProcessStartInfo(Program, arguments));
}
