using System.Runtime.InteropServices;

namespace BridgeNet.Bench;

/// <summary>What was measured on, in one line: a median means nothing without it.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string[] info = File.Exists("/proc/cpuinfo") ? File.ReadAllLines("/proc/cpuinfo") : [];
        string model =
            info.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? RuntimeInformation.OSArchitecture.ToString();
        bool virtualised = info.Any(line =>
            line.StartsWith("flags", StringComparison.Ordinal) && line.Contains(" hypervisor", StringComparison.Ordinal)
        );
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{Environment.ProcessorCount} x {model}{(virtualised ? ", virtual" : "")}; Linux {kernel}; .NET {Environment.Version}; load average {Load()}";
    }

    /// <summary>Of the last minute, for a busy machine measures itself.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
