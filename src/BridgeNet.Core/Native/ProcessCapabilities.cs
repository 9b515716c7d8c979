using System.Globalization;

namespace BridgeNet.Native;

/// <summary>The capabilities of the calling thread (capabilities(7)).</summary>
internal static class ProcessCapabilities
{
    private const int SysAdmin = 21; // linux/capability.h: CAP_SYS_ADMIN

    private const string Effective = "CapEff:";

    /// <summary>Whether it has CAP_SYS_ADMIN in its user namespace.</summary>
    public static bool HasSysAdmin() =>
        File.ReadLines("/proc/thread-self/status")
            .Where(static line => line.StartsWith(Effective, StringComparison.Ordinal))
            .Any(static line =>
                ulong.TryParse(line.AsSpan(Effective.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong set)
                && (set >> SysAdmin & 1) != 0
            );
}
