namespace BridgeNet.Bench;

/// <summary>What the last of many networks costs beside the first.</summary>
internal sealed class ScaleBench(Session session, RawKernel kernel, Report report)
{
    private const int Runs = 30;

    /// <summary>Fills up to so many networks; one is there already.</summary>
    public void Measure(string backend, int networks)
    {
        Sample fill = new(),
            attachedFirst = new(),
            attachedLast = new(),
            rawMade = new(),
            rawGone = new(),
            rawMadeFirst = new(),
            rawGoneFirst = new();
        Sample gone = new(),
            goneFirst = new(),
            all = new(),
            one = new(),
            rawRemoved = new(),
            removed = new();
        session.Run("New-BridgeContainer c");
        Raw(rawMadeFirst, rawGoneFirst, goneFirst, attachedFirst);
        for (int i = 1; i < networks; i++)
            fill.Time(() => session.Run($"New-BridgeNetwork scale{i}"));
        Raw(rawMade, rawGone, gone, attachedLast);
        for (int run = 0; run < Runs; run++)
        {
            if (session.Run("Get-BridgeNetwork").Count < networks)
                throw new InvalidOperationException("networks are missing");
            all.Time(() => session.Run("Get-BridgeNetwork"));
            one.Time(() => session.Run($"Get-BridgeNetwork scale{networks / 2}"));
        }
        session.Run("Remove-BridgeContainer c");
        removed.Time(() => session.Run("Get-BridgeNetwork scale* | Remove-BridgeNetwork"));
        int[] bridges = [.. Enumerable.Range(1, networks - 1).Select(_ => kernel.CreateBridge())];
        rawRemoved.Time(() => kernel.Delete(bridges));

        report.Section($"{backend}: at {networks} networks (of: the same at the first)");
        report.Row("bridge made, addressed, up", rawMade, rawMadeFirst);
        report.Row("bridge deleted", rawGone, rawGoneFirst);
        report.Row("New-BridgeNetwork", fill.Slice(^Runs..), fill.Slice(..Runs), new Target(Ratio: 1.3));
        report.Row("Remove-BridgeNetwork", gone, goneFirst, new Target(Ratio: 1.3));
        report.Row("  of: bridge deleted at that number", gone, rawGone, new Target(Ratio: 1.2));
        report.Row("Connect-BridgeNetwork", attachedLast, attachedFirst, new Target(Ratio: 1.3));
        report.Row("Get-BridgeNetwork", all);
        report.Row("Get-BridgeNetwork NAME", one);
        report.Row($"all but one removed; of: {networks - 1} bridges as a group", removed, rawRemoved, new Target(Ratio: 1.2));
    }

    private void Raw(Sample made, Sample gone, Sample removed, Sample attached)
    {
        for (int run = 0; run < Runs; run++)
        {
            int bridge = made.Time(kernel.CreateBridge);
            gone.Time(() => kernel.Delete(bridge));
            session.Run("New-BridgeNetwork extra");
            removed.Time(() => session.Run("Remove-BridgeNetwork extra"));
            attached.Time(() => session.Run("Connect-BridgeNetwork standing c"));
            session.Run("Disconnect-BridgeNetwork standing c");
        }
    }
}
