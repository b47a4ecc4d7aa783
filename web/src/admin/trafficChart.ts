import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from 'chart.js'
import type { Dashboard } from '../graphql/dashboard'

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip)

export interface Words {
  today: string
  yesterday: string
  hour(hour: number): string
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const day = Array.from({ length: 24 }, (_, hour) => hour)

/** Two bars an hour: yesterday's pale, today's beside it. Nothing moves: the figures do that often enough. */
export function drawTraffic(canvas: HTMLCanvasElement) {
  const chart = new Chart<'bar', number[], string>(canvas, {
    type: 'bar',
    data: { labels: [], datasets: [] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      plugins: { legend: { position: 'bottom', labels: { boxWidth: 12, boxHeight: 12 } } },
    },
  })
  return {
    show(traffic: Dashboard['traffic'], words: Words): void {
      const [text, line] = [colour('--muted'), colour('--line')]
      chart.options.color = text
      chart.options.scales = {
        x: { grid: { display: false }, ticks: { color: text, maxRotation: 0 }, border: { color: line } },
        y: {
          beginAtZero: true,
          grid: { color: line },
          ticks: { color: text, precision: 0 },
          border: { display: false },
        },
      }
      chart.data = {
        // The whole day, so that the hours keep their places while it goes by.
        labels: day.map(words.hour),
        datasets: [
          {
            label: words.yesterday,
            data: traffic.map((one) => one.yesterday),
            backgroundColor: colour('--strong-line'),
          },
          { label: words.today, data: traffic.map((one) => one.offered), backgroundColor: colour('--solid') },
        ],
      }
      chart.update()
    },
    destroy: () => chart.destroy(),
  }
}
