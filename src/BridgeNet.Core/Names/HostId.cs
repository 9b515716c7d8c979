using BridgeNet.Containers;

namespace BridgeNet.Names;

/// <summary>An id of this installation of the host.</summary>
internal static class HostId
{
    /// <summary>The machine id (machine-id(5)) or, without one, the boot id. Existing networks keep their subnets in both cases.</summary>
    public static string Read(IHostFiles files)
    {
        foreach (string path in (string[])["/etc/machine-id", "/var/lib/dbus/machine-id", "/proc/sys/kernel/random/boot_id"])
        {
            if (files.Read(path)?.Trim() is { Length: > 0 } id)
                return id;
        }
        return Environment.MachineName;
    }
}
