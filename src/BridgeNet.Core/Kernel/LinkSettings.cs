using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>A kernel setting by its path below <c>/proc/sys</c>.</summary>
/// <param name="Key">The path.</param>
/// <param name="Value">Its value.</param>
/// <param name="Otherwise">The value that it has where nothing is wanted of it; null where that goes with the link.</param>
internal sealed record Setting(string Key, string Value, string? Otherwise = null)
{
    /// <summary>Whether a user asked for it, so that it must be there; else a kernel without it, as one without IPv6, needs none.</summary>
    public bool Asked { get; init; }

    /// <summary>As sysctl(8) takes it: with slashes where the name of the interface has a dot.</summary>
    public string Words => $"{Name}={Value}";

    /// <summary>The name, as sysctl(8) takes it.</summary>
    public string Name => Key.Contains('.', StringComparison.Ordinal) ? Key : Key.Replace('/', '.');

    /// <summary>Writes it in the namespace of the calling thread.</summary>
    /// <exception cref="BridgeNetException">InvalidOption: the kernel does not take it.</exception>
    public void Write()
    {
        try
        {
            if (Asked && Sysctl.Read(Key) is null && !Key.StartsWith("net/ipv6/", StringComparison.Ordinal))
                throw new FileNotFoundException();
            Sysctl.TryWrite(Key, Value);
        }
        catch (Exception failure) when (Asked && failure is IOException or UnauthorizedAccessException)
        {
            throw new BridgeNetException(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument,
                $"The kernel setting {Name} cannot be '{Display.Of(Value)}': {(failure is FileNotFoundException ? "there is none of that name" : failure.Message)}.", Name, failure);
        }
    }
}

/// <summary>Settings of one link, all written together.</summary>
/// <param name="Place">Where the link is.</param>
/// <param name="Mark">By what it is known.</param>
/// <param name="What">What they are for, where a link has several lots of them.</param>
/// <param name="Settings">The settings.</param>
internal sealed record LinkSettings(Place Place, LinkMark Mark, string What, IReadOnlyList<Setting> Settings) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} {What} of {Mark.Name}";

    /// <inheritdoc cref="LinkUp.With"/>
    public string? With { get; init; }

    /// <inheritdoc/>
    public override string? Parent => With ?? Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Place.Container is not null ? Stage.InsideSettings : Mark.Kind == "bridge" ? Stage.BridgeSettings : Stage.Port;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"{Place.Sysctl} -w {string.Join(' ', Settings.Select(static setting => setting.Words))}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => Back().Words(null);

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        // By their path they are written to whatever has the name, so that is compared right before.
        kernel.Require(Place, Mark);
        kernel.Run(Place, () =>
        {
            foreach (Setting setting in Settings)
                setting.Write();
        });
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        if (kernel.Find(Place, Mark) is not null && Back() is { Settings.Count: > 0 } back)
            back.Make(kernel, this);
    }

    /// <inheritdoc/>
    public bool Equals(LinkSettings? other) => other is not null && Key == other.Key && Settings.SequenceEqual(other.Settings);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    private LinkSettings Back() => this with { Settings = [.. Settings.Where(static setting => setting.Otherwise is not null).Select(static setting => setting with { Value = setting.Otherwise! })] };
}

/// <summary>A setting of the host that all networks share.</summary>
/// <param name="Setting">The setting.</param>
internal sealed record HostSetting(Setting Setting) : KernelObject
{
    /// <summary>The address family that it is of.</summary>
    public AddressFamily Family => Setting.Key.StartsWith("net/ipv6/", StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <inheritdoc/>
    public override string Key => Setting.Key;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Forwarding;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"sysctl -w {Setting.Words}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"sysctl -w {Setting.Name}={Setting.Otherwise}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) => Setting.Write();

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => Sysctl.TryWrite(Setting.Key, Setting.Otherwise!);
}
