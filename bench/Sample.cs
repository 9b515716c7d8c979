using System.Diagnostics;

namespace BridgeNet.Bench;

/// <summary>How long one thing took, over many runs.</summary>
internal sealed class Sample
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public double Median => Quantile(0.5);

    /// <summary>One run of ten was faster: what it takes while nobody disturbs.</summary>
    public double Tenth => Quantile(0.1);

    /// <summary>Nine runs of ten were faster.</summary>
    public double Ninth => Quantile(0.9);

    /// <summary>Does it once and remembers how long it took.</summary>
    public T Time<T>(Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return result;
    }

    /// <inheritdoc cref="Time{T}(Func{T})"/>
    public void Time(Action work) =>
        Time(() =>
        {
            work();
            return 0;
        });

    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    /// <summary>Forgets the runs that warmed things up.</summary>
    public void Clear() => _milliseconds.Clear();

    /// <summary>Some of the runs, in the order they were made.</summary>
    public Sample Slice(Range range)
    {
        Sample slice = new();
        slice._milliseconds.AddRange(_milliseconds.ToArray()[range]);
        return slice;
    }

    private double Quantile(double part)
    {
        double[] sorted = [.. _milliseconds.Order()];
        if (sorted.Length == 0)
            return double.NaN;
        double place = part * (sorted.Length - 1);
        int below = (int)place;
        return sorted[below] + ((sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]) * (place - below));
    }
}
