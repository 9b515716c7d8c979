namespace BridgeNet.Ipam;

/// <summary>What distinguishes this host from others for as long as it is installed.</summary>
internal static class HostId
{
    /// <summary>The machine id (machine-id(5)), or, where there is none, the id of this boot: networks keep the subnets that they have either way.</summary>
    public static string Read()
    {
        foreach (string path in (string[])["/etc/machine-id", "/var/lib/dbus/machine-id", "/proc/sys/kernel/random/boot_id"])
        {
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } id)
                return id;
        }
        return Environment.MachineName;
    }
}
