import type { ObjectInput } from './object-access.ts';

/** A CRD for tests, with everything the API treats specially: status, map list, defaults, limits, columns. */
export const WIDGET_CRD: ObjectInput = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: {
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      shortNames: ['wd'],
      categories: ['parts'],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A part of a machine.',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer', minimum: 1, description: 'How big it is.' },
                  colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                  note: { type: 'string', maxLength: 10 },
                },
              },
              status: {
                type: 'object',
                properties: {
                  phase: { type: 'string' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: {
                      type: 'object',
                      required: ['type', 'status'],
                      properties: { type: { type: 'string' }, status: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

export function widget(name: string, spec: Record<string, unknown> = { size: 1 }): ObjectInput {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec };
}

export const WIDGETS = '/apis/example.com/v1/widgets';
