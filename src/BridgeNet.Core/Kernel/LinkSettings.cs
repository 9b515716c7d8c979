using System.Net.Sockets;
using System.Text.Json.Serialization;
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

    /// <summary>Whether the owner of an adopted bridge had it so: it is left so, and the owner's to change.</summary>
    [JsonIgnore]
    public bool IsTheirs { get; init; }

    /// <summary>What must have another setting's value for this one to count; null for nothing. Only asked when settings are compared.</summary>
    [JsonIgnore]
    public Setting? While { get; init; }

    /// <summary>As sysctl(8) takes it: with slashes where the name of the interface has a dot.</summary>
    public string Words => $"{Name}={Value}";

    /// <summary>The name, as sysctl(8) takes it.</summary>
    public string Name => Key.Contains('.', StringComparison.Ordinal) ? Key : Key.Replace('/', '.');

    /// <summary>Whether what the kernel has is its value: several numbers are printed with tabs between them.</summary>
    public bool IsValue(string now) =>
        Value
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .SequenceEqual(now.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The same of another link.</summary>
    public Setting Of(string link, string other) =>
        link == other ? this : this with { Key = Key.Replace($"/{link}/", $"/{other}/", StringComparison.Ordinal) };

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
            throw new BridgeNetException(
                ErrorIds.InvalidOption,
                ProblemCategory.InvalidArgument,
                $"The kernel setting {Name} cannot be '{Display.Of(Value)}': {(failure is FileNotFoundException ? "there is none of that name" : failure.Message)}.",
                Name,
                failure
            );
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
    public override Stage Stage =>
        Place.Container is not null ? Stage.InsideSettings
        : Mark.Kind == "bridge" ? Stage.BridgeSettings
        : Stage.Port;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [$"{Place.Sysctl} -w {string.Join(' ', Settings.Select(static setting => setting.Words))}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => Back().Words(null);

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        // By their path they are written to whatever has the name, so that is compared right before.
        kernel.Require(Place, Mark);
        kernel.Run(
            Place,
            () =>
            {
                foreach (Setting setting in Settings)
                    setting.Write();
            }
        );
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        if (kernel.Find(Place, Mark) is not null && Back() is { Settings.Count: > 0 } back)
            back.Make(kernel, this);
    }

    /// <inheritdoc/>
    public bool Equals(LinkSettings? other) =>
        other is not null
        && Key == other.Key
        && Settings.Select(static setting => setting.Words).SequenceEqual(other.Settings.Select(static setting => setting.Words));

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual)
    {
        if (actual.Find(Place, Mark) is not { } link || actual.In(Place) is not { } facts)
            yield break;
        bool Counts(Setting setting) =>
            !setting.IsTheirs && (setting.While is null || facts.Setting(setting.While.Key) == setting.While.Value);
        // What is asked for last wins, as when it was written. Now it is a default, for the kernel took it once.
        foreach (
            Setting wanted in Settings
                .Reverse()
                .DistinctBy(static setting => setting.Key)
                .Reverse()
                .Where(Counts)
                .Select(static setting => setting with { Asked = false })
        )
        {
            if (facts.Setting(wanted.Of(Mark.Name, link.Name).Key) is { } now && !wanted.IsValue(now))
                yield return new(
                    DriftKind.Sysctl,
                    wanted.Name,
                    wanted.Value,
                    now,
                    new LinkSettings(Place, actual.Known(Place, Mark), wanted.Key, [wanted])
                );
        }
    }

    private LinkSettings Back() =>
        this with
        {
            Settings =
            [
                .. Settings
                    .Where(static setting => setting.Otherwise is not null)
                    .Select(static setting => setting with { Value = setting.Otherwise! }),
            ],
        };
}

/// <summary>A setting of the host that all networks share.</summary>
/// <param name="Setting">The setting.</param>
internal sealed record HostSetting(Setting Setting) : KernelObject
{
    /// <summary>The address family that it is of.</summary>
    public AddressFamily Family =>
        Setting.Key.StartsWith("net/ipv6/", StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

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

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        actual.Host.Setting(Setting.Key) == Setting.Otherwise
            ? [new(DriftKind.Sysctl, Setting.Name, Setting.Value, Setting.Otherwise!, this)]
            : [];
}
